package test_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	alertsFile    = "../deploy/prometheus/alerts.yml"
	dashboardFile = "../deploy/grafana/dashboards/gossip-price.json"
)

// rule is an alert as it stands in alerts.yml.
type rule struct{ name, severity, summary, description, action string }

// readFile returns a file of the repository.
func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// rules reads alerts.yml, whose texts stand in single quotes, a line each.
func rules(t *testing.T) []rule {
	t.Helper()
	field := regexp.MustCompile(`(?m)^\s+(?:- )?(alert|labels|summary|description|action): (?:'(.*)'|(.*))$`)
	var found []rule
	for _, m := range field.FindAllStringSubmatch(readFile(t, alertsFile), -1) {
		text := strings.ReplaceAll(m[2], "''", "'") + m[3]
		if m[1] == "alert" {
			found = append(found, rule{name: text})
			continue
		}
		r := &found[len(found)-1]
		switch m[1] {
		case "labels":
			r.severity = strings.TrimSuffix(strings.TrimPrefix(text, "{severity: "), "}")
		case "summary":
			r.summary = text
		case "description":
			r.description = text
		case "action":
			r.action = text
		}
	}
	if len(found) < 15 {
		t.Fatalf("read %d alerts", len(found))
	}
	return found
}

// docs/operations.md says what each alert means, in the words of the alert. UPDATE_DOCS=1 writes it anew.
func TestAlertsTable(t *testing.T) { //nolint:paralleltest // two of them write one document
	var want strings.Builder
	want.WriteString("| alert | severity | what it means | what to do |\n|---|---|---|---|\n")
	for _, r := range rules(t) {
		fmt.Fprintf(&want, "| %s | %s | %s | %s |\n", r.name, r.severity, r.description, r.action)
	}
	section(t, "../docs/operations.md", "alerts", want.String())
}

// Every alert is whole, and its unit tests have it fire.
func TestAlertsAreTested(t *testing.T) {
	t.Parallel()
	tests := readFile(t, "../deploy/prometheus/alerts_test.yml")
	for _, r := range rules(t) {
		if r.summary == "" || r.description == "" || r.action == "" || !slices.Contains([]string{"critical", "warning", "info"}, r.severity) {
			t.Errorf("%+v lacks something", r)
		}
		fires := regexp.MustCompile(`alertname="` + r.name + `", alertstate="firing"}\)'\n\s+eval_time: \w+\n\s+exp_samples:`)
		if !fires.MatchString(tests) {
			t.Errorf("no unit test has %s fire", r.name)
		}
	}
}

// Alerts and dashboard ask for metrics that there are.
func TestDeployedMetrics(t *testing.T) {
	t.Parallel()
	documented := readFile(t, "../docs/metrics.md")
	names := regexp.MustCompile(`\b(?:gossip_price|libp2p)_[a-z0-9_]+`)
	suffix := regexp.MustCompile(`_(?:bucket|sum|count)$`)
	for _, file := range []string{alertsFile, dashboardFile, "../deploy/prometheus/alerts_test.yml"} {
		found := names.FindAllString(readFile(t, file), -1)
		if len(found) < 15 {
			t.Errorf("%s names %d metrics", file, len(found))
		}
		for _, name := range found {
			if !strings.Contains(documented, "`"+name+"`") && !strings.Contains(documented, "`"+suffix.ReplaceAllString(name, "")+"` | histogram") {
				t.Errorf("%s asks for %s, which no node tells", file, name)
			}
		}
	}
}

// dashboard is what is checked of Grafana's JSON.
type dashboard struct {
	UID, Title string
	Panels     []struct {
		ID                       int
		Type, Title, Description string
		Datasource               struct{ UID string }
		GridPos                  struct{ X, Y, W, H int }
		Targets                  []struct{ RefID, Expr string }
	}
}

// Every panel of the dashboard has its place, its words and its queries, of the data source that is provisioned.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var d dashboard
	if err := json.Unmarshal([]byte(readFile(t, dashboardFile)), &d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readFile(t, "../deploy/grafana/provisioning/datasources/prometheus.yaml"), "uid: prometheus\n") {
		t.Error("the data source has another uid")
	}
	taken, ids := make(map[[2]int]string), make(map[int]bool)
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" {
			t.Errorf("panel %d %q: its id is not its own, or it has no title", p.ID, p.Title)
		}
		ids[p.ID] = true
		if p.Type != "row" && (p.Description == "" || p.Datasource.UID != "prometheus" || len(p.Targets) == 0) {
			t.Errorf("panel %q: no words, no query, or another data source", p.Title)
		}
		for _, target := range p.Targets {
			if target.Expr == "" || target.RefID == "" {
				t.Errorf("panel %q has an empty query", p.Title)
			}
		}
		if g := p.GridPos; g.W < 1 || g.H < 1 || g.X+g.W > 24 {
			t.Errorf("panel %q is outside", p.Title)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other, is := taken[cell]; is {
					t.Errorf("panel %q covers %q", p.Title, other)
				}
				taken[cell] = p.Title
			}
		}
	}
	if len(d.Panels) < 20 {
		t.Errorf("%d panels", len(d.Panels))
	}
}

// What is scraped is what docker-compose.yaml runs.
func TestScrapeTargets(t *testing.T) {
	t.Parallel()
	compose := readFile(t, "../docker-compose.yaml")
	targets := regexp.MustCompile(`"(\w+):9000"`).FindAllStringSubmatch(readFile(t, "../deploy/prometheus/prometheus.yml"), -1)
	if len(targets) != 5 {
		t.Errorf("%d targets, want four nodes and the bootstrap node", len(targets))
	}
	for _, m := range targets {
		if !strings.Contains(compose, "\n  "+m[1]+":\n") {
			t.Errorf("docker-compose.yaml runs no %s", m[1])
		}
	}
}
