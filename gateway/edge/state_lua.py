"""Scripts that compare and change entries of a Redis where they lie, so that nobody comes in between.

What has no expiry, is of another type, or does not say what it should is none of ours, whoever put it there: it counts
as nothing, and is written over.
"""

LOCK_MS = 30_000
# KEYS: every name of an entry, the newest first. ARGV: the entry, seconds. What lay there; nil where it was saved.
CLAIM = """
for i = 1, #KEYS do
  local there = redis.pcall('get', KEYS[i])
  if type(there) == 'string' and redis.call('ttl', KEYS[i]) >= 0 then return there end
end
redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[2])
return false
"""
# KEYS as for CLAIM. ARGV: what was read, what shall lie there. 1 where it was still there.
RESEAL = """
for i = 1, #KEYS do
  local there = redis.pcall('get', KEYS[i])
  if type(there) == 'string' then
    if there ~= ARGV[1] then return 0 end
    local left = redis.call('pttl', KEYS[i])
    for j = 2, #KEYS do redis.call('del', KEYS[j]) end
    redis.call('set', KEYS[1], ARGV[2])
    if left >= 0 then redis.call('pexpire', KEYS[1], left) end
    return 1
  end
end
return 0
"""
# ARGV: the grip, milliseconds. 1 where the lock is taken.
HOLD = """
local there = redis.pcall('get', KEYS[1])
if type(there) == 'string' and string.match(there, '^%x+$') and redis.call('pttl', KEYS[1]) >= 0 then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
# ARGV: the grip.
RELEASE = "if redis.pcall('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
# ARGV: how many, the bound, seconds. Was it granted, and until when the window lasts.
SPEND = """
local there, left = redis.pcall('get', KEYS[1]), redis.call('ttl', KEYS[1])
local taken = type(there) == 'string' and string.match(there, '^%d+$') and tonumber(there)
if not taken or left < 0 or left > tonumber(ARGV[3]) then
  taken, left = 0, tonumber(ARGV[3])
  redis.call('set', KEYS[1], 0, 'EX', left)
end
if taken + ARGV[1] > tonumber(ARGV[2]) then
  return {0, left}
end
redis.call('incrby', KEYS[1], ARGV[1])
return {1, left}
"""
