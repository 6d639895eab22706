package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
)

const (
	latestArticles = `select body from articles l
		where version = (select max(version) from articles o where o.id = l.id) order by id`
	articleVersions = `select body from articles where id = $1 order by version desc`
	branchOfVersion = `select branch from articles where id = $1 and version = $2`
	insertVersion   = `insert into articles (id, version, branch, serves, body)
		select v.id, v.version, v.branch, v.serves, v.body
		from (select $1 as id, cast($2 as bigint) as version, $3 as branch, cast($4 as bigint) as serves, $5 as body) v
		where v.version = 1 + coalesce((select max(version) from articles o where o.id = v.id), 0)
		on conflict do nothing returning id`
	servingArticles = `select s.body from articles l join articles s on s.id = l.id and s.version = l.serves
		where l.version = (select max(version) from articles o where o.id = l.id) order by s.id`
	countVersions = `select count(*) from articles`
)

// Articles returns the latest version of each article that concerns the
// scope: those of its branches, and those that its candidates are told as
// well because they are for a branch above, or for everybody.
func (s *Store) Articles(ctx context.Context, scope conversations.Scope) ([]conversations.ArticleVersion, error) {
	all, err := s.versions(ctx, latestArticles)
	if err != nil {
		return nil, fmt.Errorf("reading the articles: %w", err)
	}
	var out []conversations.ArticleVersion
	for _, v := range all {
		if scope.Concerns(v.Branch) {
			out = append(out, v)
		}
	}
	return out, nil
}

// Article returns all versions of an article, the newest first, or
// ErrNotFound if there is none that concerns the scope.
func (s *Store) Article(ctx context.Context, scope conversations.Scope, id string) ([]conversations.ArticleVersion, error) {
	versions, err := s.versions(ctx, articleVersions, id)
	if err != nil {
		return nil, fmt.Errorf("reading article %s: %w", id, err)
	}
	if len(versions) == 0 || !scope.Concerns(versions[0].Branch) {
		return nil, conversations.ErrNotFound
	}
	return versions, nil
}

// PutArticle adds a version to an article, or begins one. It is ErrStale
// unless it follows the latest version, and ErrNotFound where the scope may
// not write.
func (s *Store) PutArticle(ctx context.Context, scope conversations.Scope, v conversations.ArticleVersion) error {
	if err := s.putArticle(ctx, scope, v); err != nil {
		return fmt.Errorf("keeping version %d of article %s: %w", v.Version, v.ID, err)
	}
	s.notices.publish([]conversations.Changed{{ID: conversations.ChangedKnowledge, Branch: v.Branch}})
	s.wrote(ctx)
	return nil
}

func (s *Store) putArticle(ctx context.Context, scope conversations.Scope, v conversations.ArticleVersion) error {
	before := v.Branch
	err := s.read(ctx, branchOfVersion, func(r row) error { return r.Scan(&before) }, v.ID, v.Version-1)
	if err != nil {
		return err
	}
	if !scope.Writes(before) || !scope.Writes(v.Branch) {
		return conversations.ErrNotFound
	}
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	added := ""
	err = s.write(ctx, func(sc *script) {
		added = ""
		sc.query(insertVersion, func(r row) error { return r.Scan(&added) }, v.ID, v.Version, v.Branch, v.Serves, string(body))
	})
	if err == nil && added == "" {
		err = conversations.ErrStale
	}
	return err
}

// Serving returns the texts that candidates are told.
func (s *Store) Serving(ctx context.Context) ([]conversations.Article, error) {
	versions, err := s.versions(ctx, servingArticles)
	if err != nil {
		return nil, fmt.Errorf("reading the approved articles: %w", err)
	}
	var out []conversations.Article
	for _, v := range versions {
		out = append(out, v.Article)
	}
	return out, nil
}

// Versions counts the versions of all articles: as long as the number is the
// same, so are the articles.
func (s *Store) Versions(ctx context.Context) (n int64, err error) {
	err = s.read(ctx, countVersions, func(r row) error { return r.Scan(&n) })
	return n, wrap(err, "counting the articles")
}

func (s *Store) versions(ctx context.Context, text string, args ...any) (out []conversations.ArticleVersion, err error) {
	err = s.read(ctx, text, func(r row) error {
		var body []byte
		if err := r.Scan(&body); err != nil {
			return err
		}
		var v conversations.ArticleVersion
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, args...)
	return out, err
}
