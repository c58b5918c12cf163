package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// measures are what a run says: one JSON object on its only line of output.
type measures map[string]float64

func (m measures) print() {
	line, err := json.Marshal(m)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cpuMs is user and system time of the whole process, the collector's included.
func cpuMs() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

// statusMiB reads VmRSS or VmHWM of this process.
func statusMiB(field string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	check(err)
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, field+":"); found {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			check(err)
			return kib / 1024
		}
	}
	return 0
}

// heapMiB is what is alive.
func heapMiB() float64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc) / (1 << 20)
}

// quantile of values, which it sorts.
func quantile(values []float64, part float64) float64 {
	slices.Sort(values)
	return values[int(float64(len(values)-1)*part)]
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

// versions of the modules that are measured, as built in.
func versions() map[string]string {
	found := map[string]string{"go": runtime.Version()}
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		switch dependency.Path {
		case "k8s.io/client-go", "sigs.k8s.io/controller-runtime":
			found[dependency.Path] = dependency.Version
		}
	}
	return found
}
