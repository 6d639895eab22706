package app

import (
	"fmt"
	"sync/atomic"

	"jiebao/bot/knowledge"
	"jiebao/config"
	examples "jiebao/config/knowledge"
	"jiebao/conversations"
)

// library holds what candidates' questions are answered from at the moment:
// the articles of the files and those that HR approved in the inbox.
type library struct {
	files []conversations.Article
	index atomic.Pointer[knowledge.Index]
}

func newLibrary(cfg config.Config) (*library, error) {
	files, err := loadKnowledge(cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the knowledge: %w", err)
	}
	l := &library{files: files}
	l.index.Store(knowledge.New(files))
	return l, nil
}

// current returns the knowledge of this moment.
func (l *library) current() conversations.Knowledge { return l.index.Load() }

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
	for i := range articles {
		if a := &articles[i]; a.Source == "" {
			a.Source = source(cfg.Bank, a.Branch)
		}
	}
	return articles, err
}

// source is how a branch is cited.
func source(bank config.Bank, branch string) string {
	if branch == "" {
		return bank.Name
	}
	return bank.BranchName(branch)
}
