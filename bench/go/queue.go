package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
)

func newQueue(client string) workqueue.TypedRateLimitingInterface[string] {
	switch client {
	case "client-go":
		return workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	case "controller-runtime":
		return priorityqueue.New[string]("bench")
	}
	check(fmt.Errorf("there is no queue %q", client))
	return nil
}

// timed notes how long work takes, and how much of the processor.
func (m measures) timed(name string, work func()) {
	start, cpuBefore := time.Now(), cpuMs()
	work()
	m[name+"Ms"] = float64(time.Since(start).Microseconds()) / 1000
	m[name+"CpuMs"] = cpuMs() - cpuBefore
}

// flood adds distinct keys, adds them again (equal, not identical strings), then workers take them all and end each turn at once.
func flood(client string, count, workers int) measures {
	keys, again := make([]string, count), make([]string, count)
	for i := range keys {
		keys[i] = fmt.Sprintf("team-%03d/widget-%07d", i%50, i)
		again[i] = strings.Clone(keys[i])
	}
	queue := newQueue(client)
	result := measures{}
	heapBefore, rssBefore := heapMiB(), statusMiB("VmRSS")
	addAll := func(keys []string) func() {
		return func() {
			for _, key := range keys {
				queue.Add(key)
			}
			_ = queue.Len() // the priority queue buffers what is added; asking for its length takes it in
		}
	}
	result.timed("add", addAll(keys))
	result["heapGrowthMb"] = heapMiB() - heapBefore
	result["rssGrowthMb"] = statusMiB("VmRSS") - rssBefore
	result.timed("addAgain", addAll(again))
	var taken atomic.Int64
	result.timed("getDone", func() {
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for {
					key, shutdown := queue.Get()
					if shutdown {
						return
					}
					queue.Done(key)
					if taken.Add(1) == int64(count) {
						queue.ShutDown()
					}
				}
			})
		}
		group.Wait()
	})
	result["peakMb"] = statusMiB("VmHWM")
	if taken.Load() != int64(count) {
		check(fmt.Errorf("%d keys were handed out, not %d", taken.Load(), count))
	}
	return result
}

// delay adds keys that are due one to two seconds later; one worker notes how late each comes.
func delay(client string, count int) measures {
	queue := newQueue(client)
	due := make(map[string]time.Time, count)
	keys := make([]string, count)
	for i := range keys {
		keys[i] = fmt.Sprintf("team-%03d/widget-%07d", i%50, i)
	}
	lateMs := make([]float64, 0, count)
	start, cpuBefore := time.Now(), cpuMs()
	for i, key := range keys {
		// Spread evenly, in an order that is not theirs: 7919 is prime.
		after := time.Second + time.Second*time.Duration(i*7919%count)/time.Duration(count)
		due[key] = time.Now().Add(after)
		queue.AddAfter(key, after)
	}
	addMs := float64(time.Since(start).Microseconds()) / 1000
	for range count {
		key, _ := queue.Get()
		lateMs = append(lateMs, float64(time.Since(due[key]).Nanoseconds())/1e6)
		queue.Done(key)
	}
	cpu := cpuMs() - cpuBefore
	queue.ShutDown()
	return measures{
		"addMs": addMs, "cpuMs": cpu, "earlyMs": max(0, -quantile(lateMs, 0)),
		"p50Ms": quantile(lateMs, 0.5), "p99Ms": quantile(lateMs, 0.99), "maxMs": quantile(lateMs, 1), "peakMb": statusMiB("VmHWM"),
	}
}
