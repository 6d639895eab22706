package app

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"jiebao/conversations/outbox"
)

// cellScript reads and writes a pace's cell. It is kept as long as it means
// something.
const cellScript = `
local function get(key, field) return tonumber(redis.call('HGET', key, field) or 0) end
local function put(key, field, at, now)
	redis.call('HSET', key, field, string.format('%.0f', at))
	local left = math.ceil((at - now) / 1000) + 1000
	if redis.call('PTTL', key) < left then redis.call('PEXPIRE', key, left) end
end
`

// takeScript takes one of every pace, or none of any and says when to come
// back. It does in one step what outbox.MemoryLimits does, for all nodes.
// (redis_rate looks at one limit at a time, tells all who wait to come back at
// the same moment, and goes by the server's clock.) Times are microseconds.
//
//	KEYS  one hash for each pace: used, tail and held as in outbox.MemoryLimits
//	ARGV  now, and then every and burst of each pace
//
// It answers 0, or when to come back.
var takeScript = redis.NewScript(cellScript + `
local now, at, slowest = tonumber(ARGV[1]), tonumber(ARGV[1]), 0
for i, key in ipairs(KEYS) do
	local every, burst = tonumber(ARGV[2*i]), tonumber(ARGV[2*i+1])
	local free = math.max(get(key, 'held'), get(key, 'used') - (burst - 1) * every)
	if free > at then at, slowest = free, i end
end
if slowest > 0 then
	local key = KEYS[slowest]
	at = math.max(at, get(key, 'tail') + tonumber(ARGV[2*slowest]))
	put(key, 'tail', at, now)
	return string.format('%.0f', at)
end
for i, key in ipairs(KEYS) do
	put(key, 'used', math.max(get(key, 'used'), now) + tonumber(ARGV[2*i]), now)
end
return '0'
`)

// spendScript takes one of the pace of KEYS[1], or none, as
// outbox.MemoryLimits.Spend does. ARGV: now, every and burst. It answers used,
// held and whether it passed.
var spendScript = redis.NewScript(cellScript + `
local key, now, every, burst = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local used, held, passed = get(key, 'used'), get(key, 'held'), 0
if math.max(held, used - (burst - 1) * every) <= now then
	used, passed = math.max(used, now) + every, 1
	put(key, 'used', used, now)
end
return {string.format('%.0f', used), string.format('%.0f', held), passed}
`)

// holdScript lets nothing of KEYS[1] pass until ARGV[2]; it is ARGV[1] now.
var holdScript = redis.NewScript(`
local now, at = tonumber(ARGV[1]), tonumber(ARGV[2])
if at > tonumber(redis.call('HGET', KEYS[1], 'held') or 0) then
	redis.call('HSET', KEYS[1], 'held', ARGV[2])
	local left = math.ceil((at - now) / 1000) + 1000
	if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], left) end
end
return '0'
`)

const (
	limitPrefix = "jiebao:limit:"
	nodesKey    = "jiebao:nodes"

	// limitPatience is how long a send waits for Redis to allow it.
	limitPatience = 250 * time.Millisecond
	// limitsAway is how long Redis is left alone after it failed.
	limitsAway = 5 * time.Second
	// A node counts for nodeLife, and says every nodeBeat that it is there.
	nodeBeat = 10 * time.Second
	nodeLife = 35 * time.Second
)

// redisLimits are the limits that all nodes keep together. While Redis is
// away, each keeps its share of them.
type redisLimits struct {
	client *redis.Client
	node   string
	now    func() time.Time
	log    *slog.Logger
	local  *outbox.MemoryLimits

	mu    sync.Mutex
	nodes int       // that were there when it was last asked
	beat  time.Time // when that was
	away  time.Time // until when Redis is left alone; zero while it answers
}

func newRedisLimits(client *redis.Client, node string, now func() time.Time, log *slog.Logger) *redisLimits {
	return &redisLimits{client: client, node: node, now: now, log: log, local: outbox.NewMemoryLimits(now), nodes: 1}
}

// Take implements outbox.Limits. What has no limit is not asked about: each node
// holds such an account by what the platform tells it.
func (l *redisLimits) Take(ctx context.Context, paces ...outbox.Pace) time.Time {
	var limited, free []outbox.Pace
	for _, p := range paces {
		if p.Every > 0 {
			limited = append(limited, p)
		} else {
			free = append(free, p)
		}
	}
	if at := l.local.Take(ctx, free...); !at.IsZero() || len(limited) == 0 {
		return at
	}
	return l.take(ctx, limited)
}

func (l *redisLimits) take(ctx context.Context, paces []outbox.Pace) time.Time {
	now := l.now()
	if !l.reachable(now) {
		return l.local.Take(ctx, l.shares(paces)...)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitPatience)
	defer cancel()
	l.count(ctx, now)
	keys, args := make([]string, len(paces)), []any{now.UnixMicro()}
	for i, p := range paces {
		keys[i] = limitPrefix + p.Key
		args = append(args, p.Every.Microseconds(), p.Burst)
	}
	at, err := takeScript.Run(ctx, l.client, keys, args...).Int64()
	if err != nil {
		l.lost(now, err)
		return l.local.Take(ctx, l.shares(paces)...)
	}
	l.found()
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at)
}

// Spend implements outbox.Meter.
func (l *redisLimits) Spend(ctx context.Context, p outbox.Pace) outbox.Quota {
	now := l.now()
	if p.Every == 0 || !l.reachable(now) {
		return l.local.Spend(ctx, l.shares([]outbox.Pace{p})[0])
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitPatience)
	defer cancel()
	l.count(ctx, now)
	cell, err := spendScript.Run(ctx, l.client, []string{limitPrefix + p.Key}, now.UnixMicro(), p.Every.Microseconds(), p.Burst).Int64Slice()
	if err == nil && len(cell) != 3 {
		err = errors.New("the answer about a limit has no three parts")
	}
	if err != nil {
		l.lost(now, err)
		return l.local.Spend(ctx, l.shares([]outbox.Pace{p})[0])
	}
	l.found()
	return p.Quota(now, time.UnixMicro(cell[0]), time.UnixMicro(cell[1]), cell[2] == 1)
}

// Hold implements outbox.Limits.
func (l *redisLimits) Hold(ctx context.Context, key string, until time.Time) {
	l.local.Hold(ctx, key, until)
	now := l.now()
	if !l.reachable(now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitPatience)
	defer cancel()
	if err := holdScript.Run(ctx, l.client, []string{limitPrefix + key}, now.UnixMicro(), until.UnixMicro()).Err(); err != nil {
		l.lost(now, err)
	}
}

func (l *redisLimits) reachable(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !now.Before(l.away)
}

// lost has Redis be left alone for a while, and says so when that begins.
func (l *redisLimits) lost(now time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away.IsZero() {
		l.log.Warn("Redis is away, so this node keeps to its share of every limit until it is back", "nodes", l.nodes, "error", err)
	}
	l.away = now.Add(limitsAway)
}

func (l *redisLimits) found() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.away.IsZero() {
		l.log.Info("Redis is back, and the nodes keep the limits together again")
	}
	l.away = time.Time{}
}

// count says that this node is there and counts those that are.
func (l *redisLimits) count(ctx context.Context, now time.Time) {
	l.mu.Lock()
	due := now.Sub(l.beat) >= nodeBeat
	if due {
		l.beat = now
	}
	l.mu.Unlock()
	if !due {
		return
	}
	p := l.client.Pipeline()
	p.ZAdd(ctx, nodesKey, redis.Z{Score: float64(now.UnixMilli()), Member: l.node})
	p.ZRemRangeByScore(ctx, nodesKey, "-inf", strconv.FormatInt(now.Add(-nodeLife).UnixMilli(), 10))
	nodes := p.ZCard(ctx, nodesKey)
	if _, err := p.Exec(ctx); err != nil {
		return // the limits themselves will say so
	}
	l.mu.Lock()
	l.nodes = max(1, int(nodes.Val()))
	l.mu.Unlock()
}

// shares are one node's part of the paces.
func (l *redisLimits) shares(paces []outbox.Pace) []outbox.Pace {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]outbox.Pace, len(paces))
	for i, p := range paces {
		out[i] = p.Share(l.nodes)
	}
	return out
}
