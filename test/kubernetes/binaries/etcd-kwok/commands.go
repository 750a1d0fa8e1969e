//go:build commands

// Package commands keeps the commands that the real control plane of the tests is built from in go.mod.
package commands

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
