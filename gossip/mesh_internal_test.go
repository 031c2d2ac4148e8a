package gossip

import (
	"maps"
	"testing"
)

// A mesh is what gossipsub tells, and who is gone is in none, though gossipsub prunes nobody then.
func TestMeshes(t *testing.T) {
	t.Parallel()
	tr := tracer{counts: newCounter(), meshes: newMeshes()}
	tr.Join("prices")
	tr.Join("evidence")
	tr.Graft("a", "prices")
	tr.Graft("b", "prices")
	tr.Graft("b", "prices")
	tr.Graft("b", "evidence")
	tr.Graft("b", "foreign")
	tr.Prune("c", "prices")
	expect := func(prices, evidence int) {
		t.Helper()
		if got, want := tr.meshes.sizes(), map[string]int{"prices": prices, "evidence": evidence}; !maps.Equal(got, want) {
			t.Errorf("meshes %v, want %v", got, want)
		}
	}
	expect(2, 1)
	tr.Prune("a", "prices")
	expect(1, 1)
	tr.OnClosedOutboundStream("b")
	expect(0, 0)
}
