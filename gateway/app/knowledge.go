package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"jiebao/bot/knowledge"
	"jiebao/config"
	examples "jiebao/config/knowledge"
	"jiebao/conversations"
	"jiebao/conversations/clock"
)

// library holds what candidates' questions are answered from at the moment:
// the articles of the files and those that HR approved in the inbox. Turns
// read it without waiting; a new one takes its place when the articles change.
type library struct {
	bank  config.Bank
	files []conversations.Article
	index atomic.Pointer[knowledge.Index]

	mu       sync.Mutex
	versions int64 // of the inbox's articles, when they were read
}

// articles are those that HR keeps.
type articles interface {
	Versions(context.Context) (int64, error)
	Serving(context.Context) ([]conversations.Article, error)
}

func newLibrary(cfg config.Config) (*library, error) {
	files, err := loadKnowledge(cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the knowledge: %w", err)
	}
	l := &library{bank: cfg.Bank, files: files}
	l.index.Store(knowledge.New(files))
	return l, nil
}

// current returns the knowledge of this moment.
func (l *library) current() conversations.Knowledge { return l.index.Load() }

// refresh takes in what HR approved, if any article changed since. Of an
// article that is in the files as well, the inbox's counts.
func (l *library) refresh(ctx context.Context, kept articles) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	versions, err := kept.Versions(ctx)
	if err != nil || versions == l.versions {
		return err
	}
	texts, err := kept.Serving(ctx)
	if err != nil {
		return err
	}
	l.index.Store(knowledge.New(slices.Concat(l.files, cited(l.bank, texts))))
	l.versions = versions
	return nil
}

// follow takes in what other nodes approve until ctx ends.
func (l *library) follow(ctx context.Context, kept articles, clock clock.Clock, log *slog.Logger) {
	for {
		select {
		case <-clock.At(clock.Now().Add(poll)):
		case <-ctx.Done():
			return
		}
		if err := l.refresh(ctx, kept); err != nil && ctx.Err() == nil {
			log.Warn("questions are answered from what was approved before", "error", err)
		}
	}
}

// NewKnowledge returns what the configured files know, for conversations that
// are played without a database.
func NewKnowledge(cfg config.Config) (conversations.Knowledge, error) {
	l, err := newLibrary(cfg)
	if err != nil {
		return nil, err
	}
	return l.current(), nil
}

// loadKnowledge reads the articles of the operator's folder. Without one the
// demonstration has examples, which no bank has approved, and others nothing.
func loadKnowledge(cfg config.Config) ([]conversations.Article, error) {
	files, err := folder(cfg.Words.KnowledgeDir)
	switch {
	case err != nil:
		return nil, err
	case files == nil && !cfg.Demo.Enabled:
		return nil, nil
	case files == nil:
		files = examples.Embedded()
	}
	articles, err := knowledge.Files(files)
	return cited(cfg.Bank, articles), err
}

// cited lets articles that do not say who says so be cited as their branch's.
func cited(bank config.Bank, articles []conversations.Article) []conversations.Article {
	for i := range articles {
		switch a := &articles[i]; {
		case a.Source != "":
		case a.Branch == "":
			a.Source = bank.Name
		default:
			a.Source = bank.BranchName(a.Branch)
		}
	}
	return articles
}
