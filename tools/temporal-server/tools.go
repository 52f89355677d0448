//go:build tools

// Package drserver pins the programs of the production control plane: the Temporal server, its SQL tool and its Web UI.
package drserver

import (
	_ "github.com/temporalio/ui-server/v2/cmd/server"
	_ "go.temporal.io/server/cmd/server"
	_ "go.temporal.io/server/cmd/tools/sql"
)
