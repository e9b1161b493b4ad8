"""Marks as they lie in a Redis, and the scripts that change them: in one step each, by the server's own clock.

A mark is a string `grip:since:entry` under a name of its own. `agenda` is a sorted set of the last segments of these
names by the time they are due, parked ones at +inf; `waiting` one of those that are not parked by the time they were
first set. Times are milliseconds. KEYS begin with these two. What is of another type there, or no mark, is none of
ours: it goes. When the agenda is lost, all that wait are due.
"""

HEAD = """
local function is(key, wanted) return redis.call('type', key).ok == wanted end
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(name)
  local value = redis.pcall('get', name)
  if type(value) ~= 'string' then return nil end
  local grip, since, from = string.match(value, '^(%x+):(%d+):()')
  return grip, tonumber(since), value, from
end
"""
CHANGE = (
    HEAD
    + """
for i = 1, 2 do
  if not is(KEYS[i], 'zset') then redis.call('del', KEYS[i]) end
end
if is(KEYS[1], 'none') and is(KEYS[2], 'zset') then redis.call('zunionstore', KEYS[1], 1, KEYS[2]) end
local function leave(member)
  redis.call('zrem', KEYS[1], member)
  redis.call('zrem', KEYS[2], member)
end
local function last(name) return string.match(name, '[^:]*$') end
local function drop(name)
  redis.call('del', name)
  leave(last(name))
end
local function save(name, grip, since, entry, after)
  redis.call('set', name, grip .. ':' .. string.format('%.0f', since) .. ':' .. entry)
  if after == '' then
    redis.call('zadd', KEYS[1], '+inf', last(name))
    redis.call('zrem', KEYS[2], last(name))
  else
    redis.call('zadd', KEYS[1], now + after, last(name))
    redis.call('zadd', KEYS[2], since, last(name))
  end
end
"""
)
# KEYS: every name of each mark, the newest first. ARGV: names of a mark, and does the entry of an older one stay; then
# of each its grip, after (empty: parked), age, entry. Answers what lay there.
SAVE = (
    CHANGE
    + """
local each, stays, at, saved = tonumber(ARGV[1]), ARGV[2] == '1', 3, {}
for first = 3, #KEYS, each do
  local since, entry, was = now - ARGV[at + 2], ARGV[at + 3], false
  for i = first, first + each - 1 do
    local grip, earlier, value, from = read(KEYS[i])
    if grip and not was then was = string.sub(value, from) end
    if grip and earlier <= since then
      since = earlier
      if stays and grip ~= ARGV[at] then entry = string.sub(value, from) end
    end
    if i > first then drop(KEYS[i]) end
  end
  save(KEYS[first], ARGV[at], since, entry, ARGV[at + 1])
  saved[#saved + 1] = was
  at = at + 4
end
return saved
"""
)
# KEYS as for SAVE. ARGV: names of a mark, nothing; then the grip of each.
UNMARK = (
    CHANGE
    + """
local each, ended = tonumber(ARGV[1]), {}
for first = 3, #KEYS, each do
  local held = 0
  for i = first, first + each - 1 do
    if read(KEYS[i]) == ARGV[#ended + 3] then
      drop(KEYS[i])
      held = 1
    end
  end
  ended[#ended + 1] = held
end
return ended
"""
)
# KEYS: every name of one mark. ARGV: grip, the new one, after (empty: parked), entry.
POSTPONE = (
    CHANGE
    + """
for i = 3, #KEYS do
  local grip, since = read(KEYS[i])
  if grip == ARGV[1] then
    if i > 3 then drop(KEYS[i]) end
    save(KEYS[3], ARGV[2], since, ARGV[4], ARGV[3])
    return 1
  end
end
return 0
"""
)
# ARGV: how the names begin, how many at most, for how long. Of each mark what lies there, its member, and nothing.
# Members whose mark is gone go, a bounded number at a time.
TAKE = (
    CHANGE
    + """
local taken, most = {}, tonumber(ARGV[2])
for _, member in ipairs(redis.call('zrangebyscore', KEYS[1], '-inf', now, 'limit', 0, most + 200)) do
  if #taken >= most * 3 then break end
  local grip, _, value = read(ARGV[1] .. member)
  if grip then
    redis.call('zadd', KEYS[1], now + ARGV[3], member)
    for _, word in ipairs({value, member, ''}) do taken[#taken + 1] = word end
  else
    redis.call('del', ARGV[1] .. member)
    leave(member)
  end
end
return taken
"""
)
# ARGV: how the names begin, the cursor, how many about. The next cursor, and of each mark what lies there, its member,
# and when it is due.
LIST = (
    HEAD
    + """
if not is(KEYS[1], 'zset') then return {'0', {}} end
local page, found = redis.call('zscan', KEYS[1], ARGV[2], 'count', ARGV[3]), {}
for i = 1, #page[2], 2 do
  local grip, _, value = read(ARGV[1] .. page[2][i])
  if grip then
    for _, word in ipairs({value, page[2][i], page[2][i + 1]}) do found[#found + 1] = word end
  end
end
return {page[1], found}
"""
)
# How many wait, how many are parked, for how long the first waits.
COUNT = (
    HEAD
    + """
local waiting, parked, oldest = 0, 0, 0
if is(KEYS[1], 'zset') then
  waiting = redis.call('zcount', KEYS[1], '-inf', '(inf')
  parked = redis.call('zcount', KEYS[1], 'inf', 'inf')
end
if is(KEYS[2], 'zset') then
  local first = redis.call('zrange', KEYS[2], 0, 0, 'withscores')
  oldest = math.max(now - first[2], 0)
end
return {waiting, parked, oldest}
"""
)
