/**
 * What the scripts of Argo CD expect beyond Lua 5.4 (its interpreter speaks 5.1), and an `os` that tells time and nothing else.
 */
export const prelude = `
table.getn = function(list) return #list end
unpack = table.unpack
loadstring = nil load = nil loadfile = nil dofile = nil collectgarbage = nil debug = nil io = nil package = nil
local clock = os
os = { time = clock.time, date = clock.date, difftime = clock.difftime, clock = clock.clock }
require = function(name) if name == "os" then return os end error("module '" .. tostring(name) .. "' is not there") end
local function escape(text)
  return (text:gsub('[%z\\1-\\31\\\\"\\127]', function(c) return string.format("\\\\u%04x", c:byte()) end))
end
local function encode(value, depth)
  local kind = type(value)
  if depth > 100 then error("the answer is nested too deeply") end
  if kind == "string" then return '"' .. escape(value) .. '"' end
  if kind == "number" then
    if value ~= value or value == math.huge or value == -math.huge then return "null" end
    if math.type(value) == "float" and value == math.floor(value) and math.abs(value) < 2^53 then
      return string.format("%d", value)
    end
    return tostring(value)
  end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then return "null" end
  local parts = {}
  if #value > 0 then
    for _, entry in ipairs(value) do parts[#parts + 1] = encode(entry, depth + 1) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, entry in pairs(value) do
    parts[#parts + 1] = '"' .. escape(tostring(name)) .. '":' .. encode(entry, depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end
__encode = function(value) return encode(value, 0) end
`

/** A JSON value as a Lua expression; numbers stay whole, strings are escaped byte for byte. */
export function toLuaLiteral(value: unknown): string {
  if (typeof value === 'string') return luaString(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'nil'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return 'nil'
  if (value === null) return 'nil'
  if (Array.isArray(value)) return `{${value.map(toLuaLiteral).join(',')}}`
  const fields = Object.entries(value)
    .filter(([, entry]) => entry !== undefined && entry !== null)
    .map(([name, entry]) => `[${luaString(name)}]=${toLuaLiteral(entry)}`)
  return `{${fields.join(',')}}`
}

function luaString(text: string): string {
  // Control characters, quotes and backslashes by number; everything else is UTF-8 as it is.
  // oxlint-disable-next-line no-control-regex -- they are what is escaped
  const escaped = text.replaceAll(/[\u0000-\u001f"\\\u007f]/g, (char) => {
    return `\\${String(char.charCodeAt(0)).padStart(3, '0')}`
  })
  return `"${escaped}"`
}
