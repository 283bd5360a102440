-- What Lua programs do all day: tables as objects, closures, strings, patterns, sorting with a comparator.
local percent = ...
local function rounds(n) return math.max(1, n * percent // 100) end
local seed = 42
local function random(n)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return (seed >> 8) % n + 1
end

local Account = {}
Account.__index = Account
function Account.new(name) return setmetatable({name = name, balance = 0, log = {}}, Account) end
function Account:deposit(x)
  self.balance = self.balance + x
  self.log[#self.log + 1] = x
end

local function queens(n)
  local found, cols, up, down = 0, {}, {}, {}
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      if not cols[c] and not up[row + c] and not down[row - c + n] then
        cols[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        cols[c], up[row + c], down[row - c + n] = nil, nil, nil
      end
    end
  end
  place(1)
  return found
end

local sum = 0
for _ = 1, rounds(24) do
  local accounts = {}
  for i = 1, 60 do accounts[i] = Account.new("account" .. i) end
  for i = 1, 6000 do accounts[random(#accounts)]:deposit(i % 17) end
  table.sort(accounts, function(a, b)
    if a.balance ~= b.balance then return a.balance < b.balance end
    return a.name < b.name
  end)
  local parts = {}
  for i, a in ipairs(accounts) do parts[i] = string.format("%s=%d(%d)", a.name, a.balance, #a.log) end
  local text = table.concat(parts, ";")
  for name, balance in text:gmatch("(%w+)=(%d+)") do sum = sum + #name + tonumber(balance) end
  local counts = {}
  for word in (text:gsub("[=();]", " ")):gmatch("%S+") do counts[word:sub(1, 4)] = (counts[word:sub(1, 4)] or 0) + 1 end
  for _, n in pairs(counts) do sum = sum + n * n end
  sum = sum + queens(6)
  local chain = function(x) return x end
  for i = 1, 20 do local f = chain; chain = function(x) return f(x) + i end end
  for i = 1, 300 do sum = sum + chain(i) end
end
print("objects", sum)
