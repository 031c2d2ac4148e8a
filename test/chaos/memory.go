package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// samplePeriod is how often memory is looked at.
	samplePeriod = 5 * time.Second
	// growth and slack bound the memory of the last third of a run: so many times that of the first third, and so much more.
	growth = 1.25
	slack  = 24 << 20 // bytes
	// leastSamples are needed for a verdict.
	leastSamples = 30
)

// memory keeps the anonymous memory of each node: 720 samples an hour and node.
type memory struct {
	mu      sync.Mutex
	samples map[string][]int64 // bytes, by service
}

// sample looks at a process.
func (m *memory) sample(service string, pid int) {
	bytes, err := anonymous(pid)
	if err != nil {
		return // it ended just now
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.samples[service] = append(m.samples[service], bytes)
}

// anonymous returns RssAnon of a process.
func anonymous(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "RssAnon:"); found {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d shows no RssAnon", pid)
}

// usage is the memory of one service, in bytes.
type usage struct {
	service          string
	first, last, top int64 // 90th percentile of the first and the last third; the most
	judged           bool  // there were enough samples
}

func (u usage) flat() bool {
	return !u.judged || float64(u.last) <= float64(u.first)*growth+slack
}

// usages returns what each service used. Restarts make it small again, so the thirds are compared near their tops.
func (m *memory) usages() []usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []usage
	for service, samples := range m.samples {
		third := len(samples) / 3
		if third == 0 {
			continue
		}
		list = append(list, usage{
			service: service, top: slices.Max(samples), judged: len(samples) >= leastSamples,
			first: percentile(samples[:third], 90), last: percentile(samples[len(samples)-third:], 90),
		})
	}
	slices.SortFunc(list, func(a, b usage) int { return strings.Compare(a.service, b.service) })
	return list
}

// percentile returns the smallest value that is at least as large as so many hundredths of all.
func percentile[T int64 | time.Duration](values []T, hundredths int) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)*hundredths+99)/100-1]
}
