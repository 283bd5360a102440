-- Lua as a calculator: floats in loops, arrays, integers.
local percent = ...
local n = math.max(1, 140 * percent // 100)

local function spectral(size, times)
  local function a(i, j) return 1 / ((i + j - 1) * (i + j - 2) / 2 + i) end
  local u, v = {}, {}
  for i = 1, size do u[i] = 1 end
  for _ = 1, times do
    for i = 1, size do
      local s = 0
      for j = 1, size do s = s + a(i, j) * u[j] end
      v[i] = s
    end
    for i = 1, size do
      local s = 0
      for j = 1, size do s = s + a(j, i) * v[j] end
      u[i] = s
    end
  end
  local num, den = 0, 0
  for i = 1, size do num, den = num + u[i] * v[i], den + v[i] * v[i] end
  return math.sqrt(num / den)
end

local function sieve(limit)
  local composite, count = {}, 0
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return count
end

local function fannkuch(size)
  local p, q, s, sign, flips, sum = {}, {}, {}, 1, 0, 0
  for i = 1, size do p[i], q[i], s[i] = i, i, i end
  while true do
    local first = p[1]
    if first ~= 1 then
      for i = 2, size do q[i] = p[i] end
      local count = 1
      while true do
        local other = q[first]
        if other == 1 then
          sum = sum + sign * count
          if count > flips then flips = count end
          break
        end
        q[first] = first
        if first >= 4 then
          local i, j = 2, first - 1
          repeat q[i], q[j] = q[j], q[i]; i, j = i + 1, j - 1 until i >= j
        end
        first = other
        count = count + 1
      end
    end
    if sign == 1 then
      p[1], p[2] = p[2], p[1]
      sign = -1
    else
      p[2], p[3] = p[3], p[2]
      sign = 1
      for i = 3, size do
        local left = s[i]
        if left ~= 1 then s[i] = left - 1 break end
        if i == size then return sum, flips end
        s[i] = i
        local t = p[1]
        for j = 1, i do p[j] = p[j + 1] end
        p[i + 1] = t
      end
    end
  end
end

print(string.format("spectral %.9f", spectral(40, n // 6 + 1)))
local primes = 0
for i = 1, n // 5 + 1 do primes = primes + sieve(8000 + i) end
print("sieve", primes)
for _ = 1, n // 10 + 1 do print("fannkuch", fannkuch(7)) end
