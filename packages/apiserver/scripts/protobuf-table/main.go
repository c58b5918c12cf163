// Prints the protobuf field numbers of the built-in kinds as a TypeScript table, read from the struct tags of the Kubernetes Go modules.
// Run by `pnpm --filter @operatorkit/apiserver run generate-protobuf`.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// What is written in a way of its own, by the letter the decoder knows it by.
var special = map[reflect.Type]string{
	reflect.TypeOf(metav1.Time{}):                                  "T",
	reflect.TypeOf(metav1.MicroTime{}):                             "U",
	reflect.TypeOf(metav1.Duration{}):                              "D",
	reflect.TypeOf(resource.Quantity{}):                            "Q",
	reflect.TypeOf(intstr.IntOrString{}):                           "I",
	reflect.TypeOf(runtime.RawExtension{}):                         "R",
	reflect.TypeOf(metav1.FieldsV1{}):                              "R",
	reflect.TypeOf(apiextensionsv1.JSON{}):                         "R",
	reflect.TypeOf(apiextensionsv1.JSONSchemaPropsOrArray{}):       "A",
	reflect.TypeOf(apiextensionsv1.JSONSchemaPropsOrBool{}):        "B",
	reflect.TypeOf(apiextensionsv1.JSONSchemaPropsOrStringArray{}): "C",
	reflect.TypeOf(time.Duration(0)):                               "i",
}

var messages = map[string]string{}

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionregistrationv1.AddToScheme, appsv1.AddToScheme, authenticationv1.AddToScheme, authorizationv1.AddToScheme,
		autoscalingv1.AddToScheme, autoscalingv2.AddToScheme, batchv1.AddToScheme, coordinationv1.AddToScheme, corev1.AddToScheme,
		discoveryv1.AddToScheme, eventsv1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, rbacv1.AddToScheme,
		schedulingv1.AddToScheme, storagev1.AddToScheme, apiextensionsv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	kinds := map[string]string{}
	for gvk, t := range scheme.AllKnownTypes() {
		if strings.HasSuffix(gvk.Kind, "List") || gvk.Version == "__internal" || t.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1" {
			continue
		}
		kinds[gvk.Group+"/"+gvk.Version+"/"+gvk.Kind] = message(t)
	}
	kinds["DeleteOptions"] = message(reflect.TypeOf(metav1.DeleteOptions{}))

	fmt.Println("// Generated from k8s.io/api v0.36.3, k8s.io/apimachinery v0.36.3 and k8s.io/apiextensions-apiserver v0.36.3 (Apache-2.0) by")
	fmt.Println("// `pnpm --filter @operatorkit/apiserver run generate-protobuf`. Do not edit.")
	fmt.Println("/** The message of each kind, by `group/version/kind`. */")
	fmt.Println("export const KIND_MESSAGES: Readonly<Record<string, string>> = {")
	printMap(kinds)
	fmt.Println("};")
	fmt.Println()
	fmt.Println("/** The fields of each message: `number,name,type` and the Go type where it has a name of its own, joined by `;`. The types are explained where they are read. */")
	fmt.Println("export const MESSAGE_FIELDS: Readonly<Record<string, string>> = {")
	printMap(messages)
	fmt.Println("};")
}

func printMap(values map[string]string) {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		fmt.Printf("  %q: %q,\n", key, values[key])
	}
}

// message describes a struct once and returns its name.
func message(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	name := strings.Join(parts[len(parts)-2:], ".") + "." + t.Name()
	if _, known := messages[name]; known {
		return name
	}
	messages[name] = ""
	fields := []string{}
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("protobuf"), ",")
		if len(tag) < 2 {
			continue // TypeMeta is in the envelope.
		}
		if _, err := strconv.Atoi(tag[1]); err != nil {
			continue
		}
		json := strings.Split(field.Tag.Get("json"), ",")
		name := json[0]
		// An inlined struct has no name: its fields are the struct's own.
		fields = append(fields, tag[1]+","+name+","+always(field.Type, json[1:])+kind(field.Type)+named(field.Type))
	}
	messages[name] = strings.Join(fields, ";")
	return name
}

// always marks a value that JSON has even when it is zero.
func always(t reflect.Type, options []string) string {
	isTime := t == reflect.TypeOf(metav1.Time{}) || t == reflect.TypeOf(metav1.MicroTime{})
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64:
	default:
		if !isTime {
			return ""
		}
	}
	for _, option := range options {
		// omitempty never leaves out a struct: a time that is not set is null.
		if option == "omitzero" || (option == "omitempty" && !isTime) {
			return ""
		}
	}
	return "!"
}

// named adds the name of a Go type that OpenAPI does not tell: of a string, a list or a map that has a name of its own, or has such parts.
func named(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !hasName(t) {
		return ""
	}
	return "," + t.String()
}

func hasName(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Interface:
		return false
	case reflect.Pointer:
		return hasName(t.Elem())
	case reflect.Slice:
		return t.PkgPath() != "" || hasName(t.Elem())
	case reflect.Map:
		return t.PkgPath() != "" || hasName(t.Key()) || hasName(t.Elem())
	default:
		return t.PkgPath() != ""
	}
}

// kind names a type: `?` a pointer, `*` a list, `%` a map, else a letter or a message.
func kind(t reflect.Type) string {
	if code, ok := special[t]; ok {
		return code
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "?" + kind(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		// A named list of strings (ExtraValue, Verbs) is a message with one field of its own.
		if strings.HasPrefix(t.PkgPath(), "k8s.io/") && hasMethod(t, "Unmarshal") {
			return "E"
		}
		return "*" + kind(t.Elem())
	case reflect.Map:
		if strings.HasPrefix(t.PkgPath(), "k8s.io/") && hasMethod(t, "Unmarshal") {
			return "E"
		}
		return "%" + kind(t.Elem())
	case reflect.Struct:
		return message(t)
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Float64:
		return "d"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return "i"
	default:
		fmt.Fprintln(os.Stderr, "no protobuf form for", t)
		os.Exit(1)
		return ""
	}
}

func hasMethod(t reflect.Type, name string) bool {
	_, ok := reflect.PointerTo(t).MethodByName(name)
	return ok
}
