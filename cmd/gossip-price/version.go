package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

// stamped is set by the linker for images and releases.
var stamped string

// version returns the stamped version, or what the Go toolchain knows of the build.
func version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func versionCommand() command {
	return command{
		name:     "version",
		summary:  "show the version",
		examples: []string{"gossip-price version", "gossip-price version --json"},
		define: func(fs *flag.FlagSet) action {
			asJSON := fs.Bool("json", false, "one JSON object")
			return func(_ context.Context, p program, _ []string) error {
				if *asJSON {
					return json.NewEncoder(p.stdout).Encode(map[string]string{
						"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
					})
				}
				_, err := fmt.Fprintf(p.stdout, "gossip-price %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
				return err
			}
		},
	}
}
