# Records a machine on which vdoctor itself cannot run: a POSIX shell and the usual tools are enough.
# Reads only; loads, starts and opens nothing that was not already. Usage: sh collect.sh [FOLDER]

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
LANG=C
export PATH LC_ALL LANG
umask 077
set -u

say() { printf '%s\n' "$*" >&2; }

out=${1:-vdoctor-$(uname -n)-$(date -u +%Y%m%d%H%M%S)}
case $out in
-*) say "a folder's name cannot start with a dash: $out"; exit 2 ;;
esac
if ! mkdir "$out" 2>/dev/null; then
  say "cannot make the folder $out, or it is there already"
  exit 2
fi
out=$(cd "$out" && pwd) || exit 2
tmp=$out/.tmp
mkdir "$tmp" || exit 2
# A memory stick or a shared folder may have no named pipes.
if ! mkfifo "$tmp/try" 2>/dev/null; then
  rmdir "$tmp"
  tmp=${TMPDIR:-/tmp}/vdoctor.$$
  mkdir "$tmp" && mkfifo "$tmp/try" || {
    say "cannot make a named pipe, neither in $out nor in $tmp"
    exit 2
  }
fi
rm -f "$tmp/try"
manifest=$out/manifest.jsonl
number=0
answers=0

# Last in line for the processor and the disk, first to go when memory runs out.
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
renice 19 -p $$ >/dev/null 2>&1
command -v ionice >/dev/null 2>&1 && ionice -c 3 -p $$ >/dev/null 2>&1

# Old GNU sed calls extended expressions -r, all others -E.
if printf 'x\n' | sed -E 's/(x)/\1/' >/dev/null 2>&1; then ere=-E; else ere=-r; fi

append() {
  printf '%s\n' "$1" >>"$manifest"
  answers=$((answers + 1))
}

# A value as the inside of a JSON string, in $json. Most need no change, and so no process.
quote() {
  case $1 in
  *[!A-Za-z0-9_./:@+,=\ -]*)
    json=$(printf '%s' "$1" | tr -d '\000-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g') ;;
  *) json=$1 ;;
  esac
}

# gap KEY KIND [DETAIL]
gap() {
  if [ "${3-}" ]; then
    quote "$3"
    append "{\"ask\":$1,\"outcome\":\"$2\",\"detail\":\"$json\"}"
  else
    append "{\"ask\":$1,\"outcome\":\"$2\"}"
  fi
}

# Why a path is not there: "absent" must be earned, every folder above it could be searched.
missing() {
  above=$2
  while [ "$above" ] && [ "$above" != / ]; do
    above=${above%/*}
    [ "$above" ] || above=/
    if [ -d "$above" ]; then
      if [ -x "$above" ]; then gap "$1" absent; else gap "$1" denied "permission denied"; fi
      return
    fi
  done
  gap "$1" absent
}

# What may block on a disk or a network runs beside us, and is killed when its time is up.
# guard SECONDS COMMAND…: sets $late.
guard() {
  seconds=$1
  shift
  "$@" &
  guarded=$!
  watch "$seconds" "$guarded"
  wait "$guarded" 2>/dev/null
  status=$?
  unwatch
}

# Looks every second, so that what is left of a watcher that is no longer needed ends at once.
watch() {
  rm -f "$tmp/late"
  (
    waited=0
    while [ "$waited" -lt "$1" ]; do
      sleep 1
      waited=$((waited + 1))
    done
    : >"$tmp/late"
    doomed=$(family "$2")
    kill -TERM $doomed
    sleep 1
    kill -KILL $doomed
  ) >/dev/null 2>&1 &
  watcher=$!
}

# A process and all below it: what it started may hold its pipes open.
family() {
  { ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid; } | awk -v first="$1" '
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        for (up = pid; up in parent && up != first && ++steps[pid] < 64; up = parent[up]);
        if (up == first) printf "%s ", pid
      }
    }'
}

unwatch() {
  kill -KILL "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  if [ -e "$tmp/late" ]; then late=yes; else late=; fi
}

virtual() {
  case $1 in
  /proc/* | /sys/* | /dev/* | /run/*) return 0 ;;
  esac
  return 1
}

place() {
  folder=$out/files${1%/*}
  [ -d "$folder" ] || mkdir -p "$folder"
}

# ask_file KEY SECONDS BYTES END PATH
ask_file() {
  if virtual "$5"; then
    read_file "$@"
  else
    guard "$2" read_file "$@"
    answers=$((answers + 1))
    [ "$late" ] && gap "$1" timeout "the disk did not answer"
  fi
}

read_file() {
  quote "$5"
  name=$json
  if [ ! -e "$5" ]; then
    missing "$1" "$5"
  elif [ ! -f "$5" ]; then
    gap "$1" malformed "not a file"
  elif [ ! -r "$5" ]; then
    gap "$1" denied "permission denied"
  else
    place "$5"
    case $5 in
    /sys/*) read_attribute "$1" "$5" ;;
    *) read_contents "$@" ;;
    esac
  fi
}

# A file of /sys is a page at most: the shell reads it itself.
read_attribute() {
  text=
  {
    while IFS= read -r line; do
      text=$text$line'
'
    done
    text=$text$line
  } 2>/dev/null <"$2" || {
    gap "$1" absent
    return
  }
  if [ "$text" ]; then
    printf '%s' "$text" >"$out/files$2"
    append "{\"ask\":$1,\"outcome\":\"ok\",\"data\":\"files$name\"}"
  else
    append "{\"ask\":$1,\"outcome\":\"ok\",\"bytes\":0}"
  fi
}

read_contents() {
  copy=$out/files$5
  cut=
  if [ "$4" ]; then
    tail -c "$3" "$5" 2>/dev/null | clean >"$copy"
    [ "$(wc -c <"$5")" -gt "$3" ] && cut=',"truncated":true'
  else
    head -c "$(($3 + 1))" "$5" 2>/dev/null | clean >"$copy"
    # Redaction makes a text longer or shorter; only near the limit the original's length matters.
    if [ "$(wc -c <"$copy")" -gt $(($3 / 2)) ] && [ "$(head -c "$(($3 + 1))" "$5" | wc -c)" -gt "$3" ]; then
      rm -f "$copy"
      gap "$1" too-big "more than $3 bytes"
      return
    fi
  fi
  if [ -s "$copy" ]; then
    append "{\"ask\":$1,\"outcome\":\"ok\",\"data\":\"files$name\"$cut}"
  else
    rm -f "$copy"
    append "{\"ask\":$1,\"outcome\":\"ok\",\"bytes\":0}"
  fi
}

# ask_link KEY SECONDS PATH
ask_link() { guarded_path read_link "$@"; }
ask_list() { guarded_path read_list "$@"; }
ask_stat() { guarded_path read_stat "$@"; }

guarded_path() {
  reader=$1
  shift
  if virtual "$3"; then
    "$reader" "$1" "$3"
  else
    guard "$2" "$reader" "$1" "$3"
    answers=$((answers + 1))
    [ "$late" ] && gap "$1" timeout "the disk did not answer"
  fi
}

read_link() {
  if [ -h "$2" ]; then
    quote "$(readlink "$2" 2>/dev/null || ls -ld "$2" | sed 's/.* -> //')"
    append "{\"ask\":$1,\"outcome\":\"ok\",\"target\":\"$json\"}"
  elif [ -e "$2" ]; then
    gap "$1" malformed "no symbolic link"
  else
    missing "$1" "$2"
  fi
}

read_list() {
  if [ ! -e "$2" ]; then
    missing "$1" "$2"
  elif [ ! -d "$2" ]; then
    gap "$1" absent
  elif [ ! -r "$2" ]; then
    gap "$1" denied "permission denied"
  else
    strings=$(ls -1A "$2" 2>/dev/null | strings_of_lines)
    append "{\"ask\":$1,\"outcome\":\"ok\",\"names\":[$strings]}"
  fi
}

strings_of_lines() {
  tr -d '\001-\011\013-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&"/' | tr '\n' ',' | sed 's/,$//'
}

read_stat() {
  shown=$(ls -ldnL "$2" 2>/dev/null) || {
    missing "$1" "$2"
    return
  }
  append "{\"ask\":$1,\"outcome\":\"ok\",\"stat\":$(printf '%s\n' "$shown" | stat_of_line)}"
}

# `crw-rw----. 1 0 36 10, 232 …` → {"type":"char","mode":"0660","uid":0,"gid":36,"size":null}
stat_of_line() {
  awk '
    function bits(letters) {
      return (substr(letters, 1, 1) == "r" ? 4 : 0) + (substr(letters, 2, 1) == "w" ? 2 : 0) + (substr(letters, 3, 1) ~ /[xst]/ ? 1 : 0)
    }
    {
      kind["-"] = "file"; kind["d"] = "dir"; kind["l"] = "link"; kind["b"] = "block"
      kind["c"] = "char"; kind["p"] = "fifo"; kind["s"] = "socket"
      type = kind[substr($1, 1, 1)]
      special = (substr($1, 4, 1) ~ /[sS]/ ? 4 : 0) + (substr($1, 7, 1) ~ /[sS]/ ? 2 : 0) + (substr($1, 10, 1) ~ /[tT]/ ? 1 : 0)
      size = type == "block" || type == "char" ? "null" : $5
      printf "{\"type\":\"%s\",\"mode\":\"%d%d%d%d\",\"uid\":%s,\"gid\":%s,\"size\":%s}", type, special, \
        bits(substr($1, 2, 3)), bits(substr($1, 5, 3)), bits(substr($1, 8, 3)), $3, $4, size
      exit
    }'
}

# ask_command KEY SECONDS BYTES BACKEND NAME ARGV…
# The program is our own child and its streams are cleaned on their way to the disk.
ask_command() {
  key=$1 seconds=$2 bytes=$3 backend=$4 slug=$5
  shift 5
  number=$((number + 1))
  if [ "$backend" ] && [ -e "$tmp/dead-$backend" ]; then
    gap "$key" timeout "$backend had not answered before and was not asked again"
    return
  fi
  if ! command -v "$1" >/dev/null 2>&1; then
    gap "$key" absent "$1 is not installed"
    return
  fi
  base=commands/$(printf '%03d' "$number")-$slug
  [ -d "$out/commands" ] || mkdir "$out/commands"
  rm -f "$tmp/o" "$tmp/e" "$tmp/o.done" "$tmp/e.done"
  mkfifo "$tmp/o" "$tmp/e" || {
    gap "$key" unsupported "no named pipe could be made"
    return
  }
  # In shells of their own: of a pipeline in the background, not every shell waits for all.
  (head -c "$((bytes + 1))" <"$tmp/o" | clean >"$out/$base.out"; : >"$tmp/o.done") 2>/dev/null &
  first=$!
  (head -c 65536 <"$tmp/e" | clean >"$out/$base.err"; : >"$tmp/e.done") 2>/dev/null &
  second=$!
  "$@" </dev/null >"$tmp/o" 2>"$tmp/e" &
  child=$!
  watch "$seconds" "$child"
  wait "$child" 2>/dev/null
  status=$?
  unwatch
  # The readers end with the last writer. Their ends are told by files as well: posh now and then comes back from "wait" too early.
  patience=0
  if [ -z "$late" ]; then wait "$first" "$second" 2>/dev/null; fi
  while [ -z "$late" ] && [ "$patience" -lt 10 ] && { [ ! -e "$tmp/o.done" ] || [ ! -e "$tmp/e.done" ]; }; do
    sleep 1
    patience=$((patience + 1))
  done
  if [ "$late" ] || [ "$patience" -ge 10 ]; then
    # A grandchild may still hold the pipes.
    doomed="$(family "$first") $(family "$second")"
    kill $doomed 2>/dev/null
    wait "$first" 2>/dev/null
    wait "$second" 2>/dev/null
    rm -f "$out/$base.out" "$out/$base.err"
    [ "$backend" ] && : >"$tmp/dead-$backend"
    gap "$key" timeout "no answer within $seconds s"
    return
  fi
  if [ "$(wc -c <"$out/$base.out")" -gt "$bytes" ]; then
    rm -f "$out/$base.out" "$out/$base.err"
    gap "$key" too-big "more than $bytes bytes"
    return
  fi
  entry="{\"ask\":$key,\"outcome\":\"ok\",\"exit\":$status"
  if [ -s "$out/$base.out" ]; then entry="$entry,\"data\":\"$base.out\""; else rm -f "$out/$base.out"; fi
  if [ -s "$out/$base.err" ]; then entry="$entry,\"stderr\":\"$base.err\""; else rm -f "$out/$base.err"; fi
  append "$entry}"
}

# In a folder that cannot be searched a glob looks like an empty one: base KEY FOLDER
base() {
  if [ -d "$2" ] && [ ! -r "$2" ]; then
    gap "$1" denied "permission denied"
    return 1
  fi
  return 0
}

# expands KEY VALUE…
expands() {
  key=$1
  shift
  list=
  for value; do
    quote "$value"
    list=$list,\"$json\"
  done
  append "{\"ask\":$key,\"outcome\":\"ok\",\"values\":[${list#,}]}"
}

# The lines of an answer that was just given, or what an expression matches in them, each once.
# picked KIND PATTERN PATH
lines_of_last() {
  case $(tail -n 1 "$manifest") in
  *'"outcome":"ok"'*'"names":['*) tail -n 1 "$manifest" | sed 's/.*"names":\[//; s/\]}$//; s/","/\
/g; s/^"//; s/"$//' ;;
  *'"outcome":"ok"'*'"data":"'*) cat "$out/$(tail -n 1 "$manifest" | sed 's/.*"data":"\([^"]*\)".*/\1/')" ;;
  esac
}

pick() {
  awk -v re="$1" '{ if (re == "") v = $0; else if (match($0, re)) v = substr($0, RSTART, RLENGTH); else v = ""; if (v != "" && !seen[v]++) print v }'
}

# The outer answer's gap stands for the whole.
outer_gap() {
  kind=$(tail -n 1 "$manifest" | sed 's/.*"outcome":"\([a-z-]*\)".*/\1/')
  [ "$kind" = ok ] && return 1
  gap "$1" "$kind"
}

safe() {
  case $1 in
  '' | -* | *[[:cntrl:]]*) return 1 ;;
  esac
  return 0
}

if [ -r /proc/self/stat ]; then
  processes=$(cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^[0-9]* (\(.*\)) .*/ \1 /p')
else
  processes=$(ps -axo comm 2>/dev/null | sed 's/.*/ & /')
fi

runs() {
  for daemon in "$@"; do
    case $processes in
    *" $daemon "*) return 0 ;;
    esac
  done
  return 1
}
