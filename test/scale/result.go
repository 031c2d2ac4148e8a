package scale

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Cases are what befalls a simulated network, in the order of the table.
func Cases() []string { return []string{Healthy, Dead, Refusing, Loss, Cut, Naive} }

// The cases.
const (
	Healthy  = "healthy"
	Dead     = "a third dead"
	Refusing = "a third refusing"
	Loss     = "5 % loss"
	Cut      = "a region cut off"
	// Naive has no schedule: whoever can stand for a price signs it at once.
	Naive = "naive"
)

// Times are three quantiles, in milliseconds.
type Times struct{ P50, P95, P99 float64 }

// Result is what one simulation measured.
type Result struct {
	Nodes      int
	Case       string
	Prices     int     // that were counted
	Reached    float64 // share of prices and living nodes on which they reached quorum
	Messages   float64 // published a price
	KiB        float64 // sent on streams, a price and a node, beyond what is sent when there are no prices
	Statements float64 // on the price store, in a flush window in which there were any, of all nodes together; NaN: not counted
	Delivery   Times   // of a proposal to a node: plain gossip
	Two        Times   // sum of two of these
	Ideal      Times   // what quorums would take if two co-signers at random answered at once: the later of two sums of two
	Quorum     Times   // from the proposal to the quorum on a node
	Stage      float64 // stage delay in the end, the median of the nodes, in ms
	MiB        float64 // of memory a node
}

// Slower returns how much longer quorums take than two plain deliveries, by quantile.
func (r Result) Slower() Times {
	return Times{r.Quorum.P50 / r.Two.P50, r.Quorum.P95 / r.Two.P95, r.Quorum.P99 / r.Two.P99}
}

// header names the columns; times are in ms.
func header() []string {
	return []string{
		"nodes", "case", "prices", "reached", "messages", "kib", "statements", "delivery_p50", "delivery_p95", "delivery_p99",
		"two_p50", "two_p95", "two_p99", "ideal_p50", "ideal_p95", "ideal_p99", "quorum_p50", "quorum_p95", "quorum_p99", "stage", "mib",
	}
}

// numbers returns the numbers of a result, as columns.
func (r *Result) numbers() []*float64 {
	return []*float64{
		&r.Reached, &r.Messages, &r.KiB, &r.Statements, &r.Delivery.P50, &r.Delivery.P95, &r.Delivery.P99,
		&r.Two.P50, &r.Two.P95, &r.Two.P99, &r.Ideal.P50, &r.Ideal.P95, &r.Ideal.P99, &r.Quorum.P50, &r.Quorum.P95, &r.Quorum.P99, &r.Stage, &r.MiB,
	}
}

// Read reads results from a CSV. Of those of one network and case the last counts.
func Read(in io.Reader) ([]Result, error) {
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var results []Result
	for _, row := range rows {
		if slices.Equal(row, header()) {
			continue
		}
		r, err := parse(row)
		if err != nil {
			return nil, fmt.Errorf("read results: %w", err)
		}
		results = slices.DeleteFunc(results, func(old Result) bool { return old.Nodes == r.Nodes && old.Case == r.Case })
		results = append(results, r)
	}
	slices.SortFunc(results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(slices.Index(Cases(), a.Case), slices.Index(Cases(), b.Case)), cmp.Compare(a.Nodes, b.Nodes))
	})
	return results, nil
}

func parse(row []string) (r Result, err error) {
	if len(row) != len(header()) || !slices.Contains(Cases(), row[1]) {
		return r, fmt.Errorf("no result: %q", row)
	}
	r.Case = row[1]
	if r.Nodes, err = strconv.Atoi(row[0]); err != nil {
		return r, err
	}
	if r.Prices, err = strconv.Atoi(row[2]); err != nil {
		return r, err
	}
	for i, number := range r.numbers() {
		if *number, err = strconv.ParseFloat(row[3+i], 64); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Write writes results as a CSV.
func Write(out io.Writer, results []Result) error {
	w := csv.NewWriter(out)
	rows := [][]string{header()}
	for _, r := range results {
		row := []string{strconv.Itoa(r.Nodes), r.Case, strconv.Itoa(r.Prices)}
		for _, number := range r.numbers() {
			row = append(row, strconv.FormatFloat(*number, 'f', 3, 64))
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}
