//go:build tools

// Package drcompose pins the Docker Compose v2 plugin.
package drcompose

import _ "github.com/docker/compose/v2/cmd"
