package test_test

import (
	"maps"
	"slices"
	"testing"
)

// TestCommandLine drives the program as a process, each command as its users call it. The subtests share one binary.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	c := cli{path: buildProgram(t)}
	tests := map[string]func(*testing.T, cli){
		"devnet":            cliDevnet,
		"recording":         cliRecording,
		"postgres":          cliPostgres,
		"power cut":         cliPowerCut,
		"version":           cliVersion,
		"help":              cliHelp,
		"wrong usage":       cliWrongUsage,
		"failures":          cliFailures,
		"completion":        cliCompletion,
		"keygen":            cliKeygen,
		"organisation":      cliOrg,
		"two organisations": cliOrgCluster,
		"secrets":           cliSecrets,
		"aside":             cliAside,
		"config":            cliConfig,
		"consuming":         cliConsuming,
		"environment":       cliEnvironment,
		"evidence":          cliEvidence,
		"prices":            cliPrices,
		"status":            cliStatus,
		"follow":            cliFollow,
		"forgeries":         cliForgeries,
		"verify":            cliVerify,
		"tenures":           cliTenures,
		"networks":          cliNetworks,
		"replay":            cliReplay,
		"doctor":            cliDoctor,
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tests[name](t, c)
		})
	}
}
