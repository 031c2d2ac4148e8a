package main

import (
	"context"
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
	c := command{name: "version", summary: "show the version", examples: []string{"gossip-price version"}}
	c.run = func(p program, _ context.Context, args []string) error {
		fs := c.flags(p.stdout)
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "gossip-price %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	}
	return c
}
