package main

import (
	"context"
	"errors"
	"log/slog"

	"jiebao/config"
)

func serveDemo(context.Context, config.Config, *slog.Logger) error { return errors.New("not yet") }
