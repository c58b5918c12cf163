package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// gadgetSpec and the types around it are as controller-gen would write them.
type gadgetSpec struct {
	Replicas int64  `json:"replicas"`
	Image    string `json:"image"`
}

type gadgetStatus struct {
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	Ready              int64 `json:"ready,omitempty"`
}

type gadget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              gadgetSpec   `json:"spec,omitempty"`
	Status            gadgetStatus `json:"status,omitempty"`
}

type gadgetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []gadget `json:"items"`
}

func (in *gadget) DeepCopyObject() runtime.Object {
	out := *in
	in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	return &out
}

func (in *gadgetList) DeepCopyObject() runtime.Object {
	out := &gadgetList{TypeMeta: in.TypeMeta, Items: make([]gadget, len(in.Items))}
	in.ListMeta.DeepCopyInto(&out.ListMeta)
	for i := range in.Items {
		out.Items[i] = *in.Items[i].DeepCopyObject().(*gadget)
	}
	return out
}

// gadgetStatusApply is what applyconfiguration-gen makes for a server-side apply of the status.
type gadgetStatusApply struct {
	ObservedGeneration *int64 `json:"observedGeneration,omitempty"`
	Ready              *int64 `json:"ready,omitempty"`
}

type gadgetApply struct {
	metav1ac.TypeMetaApplyConfiguration    `json:",inline"`
	*metav1ac.ObjectMetaApplyConfiguration `json:"metadata,omitempty"`
	Status                                 *gadgetStatusApply `json:"status,omitempty"`
}

func (gadgetApply) IsApplyConfiguration() {}

func applyOf(object *gadget) *gadgetApply {
	apply := &gadgetApply{
		ObjectMetaApplyConfiguration: metav1ac.ObjectMeta().WithName(object.Name).WithNamespace(object.Namespace).WithUID(object.UID),
		Status:                       &gadgetStatusApply{ObservedGeneration: &object.Generation, Ready: &object.Spec.Replicas},
	}
	apply.WithAPIVersion(groupVersion.String()).WithKind("Gadget")
	return apply
}

var groupVersion = schema.GroupVersion{Group: "bench.operatorkit.dev", Version: "v1"}

// reconciler writes one status per object and notes when its first turn began and its last write was answered.
type reconciler struct {
	client client.Client
	// applies the status, or updates it with the version that was read.
	applies                bool
	turns, writes          atomic.Int64
	conflicts, otherErrors atomic.Int64
	objects                int64
	first                  sync.Once
	startTime, endTime     time.Time
	startCpuMs             float64
	written                chan struct{}
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	r.first.Do(func() {
		r.startCpuMs = cpuMs()
		r.startTime = time.Now()
	})
	r.turns.Add(1)
	var object gadget
	if err := r.client.Get(ctx, request.NamespacedName, &object); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if object.Status.ObservedGeneration == object.Generation {
		return ctrl.Result{}, nil
	}
	if err := r.write(ctx, &object); err != nil {
		if apierrors.IsConflict(err) {
			r.conflicts.Add(1)
		} else {
			r.otherErrors.Add(1)
		}
		return ctrl.Result{}, err
	}
	if r.writes.Add(1) == r.objects {
		r.endTime = time.Now()
		close(r.written)
	}
	return ctrl.Result{}, nil
}

func (r *reconciler) write(ctx context.Context, object *gadget) error {
	if r.applies {
		return r.client.Status().Apply(ctx, applyOf(object), client.FieldOwner("bench"), client.ForceOwnership)
	}
	object.Status = gadgetStatus{ObservedGeneration: object.Generation, Ready: object.Spec.Replicas}
	return r.client.Status().Update(ctx, object)
}

// reconcile runs a manager with one controller until every object has its status, and a second longer for what still comes of that.
func reconcile(write string, objects, concurrency int) measures {
	ctrl.SetLogger(logr.Discard())
	scheme := runtime.NewScheme()
	scheme.AddKnownTypeWithName(groupVersion.WithKind("Gadget"), &gadget{})
	scheme.AddKnownTypeWithName(groupVersion.WithKind("GadgetList"), &gadgetList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
	manager, err := ctrl.NewManager(&rest.Config{
		Host:            os.Getenv("SERVER"),
		BearerToken:     os.Getenv("TOKEN"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: os.Getenv("CA_FILE")},
		QPS:             -1,
	}, ctrl.Options{Scheme: scheme, Metrics: server.Options{BindAddress: "0"}})
	check(err)
	r := &reconciler{client: manager.GetClient(), applies: write == "apply", objects: int64(objects), written: make(chan struct{})}
	check(builder.ControllerManagedBy(manager).
		For(&gadget{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: concurrency}).
		Complete(r))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	started := time.Now()
	go func() { ended <- manager.Start(ctx) }()
	select {
	case <-r.written:
	case err := <-ended:
		check(fmt.Errorf("the manager ended: %w", err))
	}
	time.Sleep(time.Second)
	cpu := cpuMs() - r.startCpuMs
	seconds := r.endTime.Sub(r.startTime).Seconds()
	stop()
	check(<-ended)
	return measures{
		"syncMs":            float64(r.startTime.Sub(started).Microseconds()) / 1000,
		"reconcilesPerS":    float64(objects) / seconds,
		"cpuUsPerReconcile": cpu * 1000 / float64(objects),
		"turns":             float64(r.turns.Load()),
		"writes":            float64(r.writes.Load()),
		"conflicts":         float64(r.conflicts.Load()),
		"otherErrors":       float64(r.otherErrors.Load()),
		"peakMb":            statusMiB("VmHWM"),
	}
}
