# How a POSIX shell puts the asks: reads only; loads, starts and opens nothing that was not already.
# What is done with the answers is in folder.sh (a bundle) and stream.sh (ssh). Those give:
#   append LINE      the line of the manifest that ends an answer; its data came before it
#   keep PLACE       takes the data from its input
#   put PLACE TEXT   the same from a variable, in which each line begins with $mark
#   settle PLACE N   after the data: $data says where they are; fails, and drops them, where they are more than N bytes
#   drop PLACE       there are no data after all
#   said PLACE TEXT  what a command wrote to stderr; $data says where it is
#   flush            hands on what a guarded answer has put into $stage
#   end CODE         stops everything
# Needs: awk cat head ls mkdir rm sed sleep tail tee tr uname wc, and /proc or ps.
# Tried under dash, busybox, mksh, posh and bash on Linux; untested on FreeBSD and on RHEL 5 itself.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
LANG=C
TERM=dumb
export PATH LC_ALL LANG TERM
unset QUOTING_STYLE TIME_STYLE LS_BLOCK_SIZE BLOCK_SIZE BLOCKSIZE PS_FORMAT PS_PERSONALITY GREP_OPTIONS POSIXLY_CORRECT
umask 077
set -uf
# Lines are what lists are made of here, and names may hold blanks.
newline='
'
IFS=$newline

number=0
stage=/dev/null
outer=
guarded=
child=
cut=
dead=

# Last in line for the processor and the disk, first to go when memory runs out.
gently() {
  { echo 1000 >/proc/self/oom_score_adj || echo 15 >/proc/self/oom_adj; } 2>/dev/null
  renice 19 -p $$ >/dev/null 2>&1
  command -v ionice >/dev/null 2>&1 && ionice -c 3 -p $$ >/dev/null 2>&1
}

# A value as the inside of a JSON string, in $json. Most need no change, and so no process.
quote() {
  case $1 in
  *[!A-Za-z0-9_./:@+,=\ -]*)
    json=$(printf '%s' "$1" | tr -d '\000-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g') ;;
  *) json=$1 ;;
  esac
}

# note NAME TEXT: for the shell that waits, or for later. On a full disk nothing may look as if it were nothing.
note() { printf '%s\n' "$2" >"$tmp/$1" || end 1; }

# answer KEY FIELDS
answer() {
  [ "$outer" ] && note outcome ok
  append "{\"ask\":$1,\"outcome\":\"ok\",$2}"
}

# gap KEY KIND [DETAIL]
gap() {
  [ "$outer" ] && note outcome "$2"
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

# --- Time limits ------------------------------------------------------------------------------------------------------------------
# What may block on a disk, a network or a daemon runs in a shell of its own. A watchdog looks every second which one runs, and ends
# it with all that it started when its time is up: even what cannot be killed then holds nobody but itself.

# guard SECONDS COMMAND…: fails where the time was up.
guard() {
  number=$((number + 1))
  seconds=$1
  shift
  {
    guarded=yes
    "$@"
  } 4>"$stage" &
  child=$!
  note now "$number $seconds $child"
  # posh now and then comes back from "wait" too early.
  while
    wait "$child" 2>/dev/null
    worked=$?
    [ "$worked" -ne 127 ] && kill -0 "$child" 2>/dev/null
  do :; done
  child=
  : >"$tmp/now"
  [ "$worked" -eq 99 ] && end 1
  [ "$worked" -le 128 ] && [ ! -e "$tmp/late$number" ] || return 1
  flush
}

watchdog() {
  trap - HUP INT TERM EXIT
  before=
  passed=0
  while :; do
    sleep 1 || [ $? -lt 126 ] || exit
    now=
    { read -r now <"$tmp/now"; } 2>/dev/null
    if ! kill -0 $$ 2>/dev/null; then
      [ "$now" ] && stop "${now##* }"
      rm -rf "$tmp"
      exit
    fi
    if [ "$now" ] && [ "$now" = "$before" ]; then passed=$((passed + 1)); else passed=0; fi
    before=$now
    now=${now#* }
    if [ "$before" ] && [ "$passed" -ge "${now%% *}" ]; then
      : >"$tmp/late${before%% *}"
      stop "${now##* }"
    fi
  done
}

# Ends a process and all below it: what it started may hold its pipes open. What is killed in the end is still the same process.
stop() {
  doomed=$(table | family "$1")
  kill -TERM $(first_words "$doomed") 2>/dev/null
  sleep 1
  left=$({ printf '%s\n' "$doomed"; echo; table; } | awk '
    NF == 0 { rest = 1 }
    rest && ($1 " " $3) in doomed { print $1 }
    !rest { doomed[$1 " " $2] }')
  [ "$left" ] && kill -KILL $left 2>/dev/null
}

first_words() { for one in $1; do echo "${one%% *}"; done; }

# All processes: number, parent, and when it was started.
table() {
  if [ -r /proc/self/stat ]; then
    set +f
    for one in /proc/[0-9]*/stat; do
      line=
      { read -r line <"$one"; } 2>/dev/null
      one=${one#/proc/}
      echo "${one%/stat} ${line##*") "}"
    done | awk '{ print $1, $3, $21 }'
    set -f
  else
    ps -A -o pid= -o ppid= -o lstart= | awk '{ print $1, $2, $3 $4 $5 $6 $7 }'
  fi
}

# Of such a table, a process and what is below it: number, and when it was started.
family() {
  awk -v first="$1" '
    { parent[$1] = $2; started[$1] = $3 }
    END {
      for (pid in parent) {
        for (up = pid; up in parent && up != first && ++steps[pid] < 64; up = parent[up]);
        if (up == first) print pid, started[pid]
      }
    }'
}

# --- Files ------------------------------------------------------------------------------------------------------------------------

# Made up by the kernel: reading it waits for no disk and no network.
virtual() {
  case $1 in
  /proc/* | /sys/* | /dev/* | /run/*) return 0 ;;
  esac
  return 1
}

# ask KIND PATH [SECONDS [BYTES [end]]]
ask() {
  quote "$2"
  key="{\"$1\":\"$json\"}"
  if virtual "$2"; then
    "read_$1" "$2" "${4-1048576}" "${5-}"
  else
    guard "${3-2}" "read_$1" "$2" "${4-1048576}" "${5-}" || gap "$key" timeout "the disk did not answer"
  fi
}

# read_file PATH BYTES END
read_file() {
  if [ ! -e "$1" ]; then
    missing "$key" "$1"
  elif [ ! -f "$1" ]; then
    gap "$key" malformed "not a file"
  elif [ ! -r "$1" ]; then
    gap "$key" denied "permission denied"
  else
    case $outer$1 in
    /sys/*) read_attribute "$1" ;;
    *) read_contents "$@" ;;
    esac
  fi
}

# A file of /sys is a page at most: the shell reads it itself.
read_attribute() {
  text=
  { while IFS= read -r line; do text=$text$mark$line$newline; done; } 2>/dev/null <"$1" || {
    unread "$1"
    return
  }
  [ "$line" ] && text=$text$mark$line
  if [ "$text" ]; then
    put "files$1" "$text"
    answer "$key" "$data"
  else
    unread "$1" || answer "$key" '"bytes":0'
  fi
}

# Nothing came of a file: fails where that is all there is to it, otherwise says why.
unread() {
  why=$({ head -c 1 "$1" >/dev/null; } 2>&1) && return 1
  case $why in
  *[Pp]"ermission denied"* | *"not permitted"*) gap "$key" denied "permission denied" ;;
  *"No such"* | *"not configured"*) gap "$key" absent ;;
  *) gap "$key" malformed "${why##*: }" ;;
  esac
}

read_contents() {
  cut=
  if [ "$3" ]; then
    [ "$(wc -c <"$1")" -gt "$2" ] && cut=',"truncated":true'
    { tail -c "$2" "$1" 2>/dev/null || echo 1 >"$tmp/broke$number"; } | keep "files$1" >&4
  else
    { head -c "$(($2 + 1))" "$1" 2>/dev/null || echo 1 >"$tmp/broke$number"; } | keep "files$1" >&4
  fi
  if [ -e "$tmp/broke$number" ]; then
    rm -f "$tmp/broke$number"
    drop "files$1"
    unread "$1" || gap "$key" malformed "it broke off while it was read"
  elif settle "files$1" "$2" "$1"; then
    answer "$key" "$data$cut"
  else
    gap "$key" too-big "more than $2 bytes"
  fi
}

read_link() { read_links "$1"; }
read_stat() { read_stats "$1"; }

# Zero processes for a folder without hidden names.
read_list() {
  if [ ! -e "$1" ]; then
    missing "$key" "$1"
    return
  elif [ ! -d "$1" ]; then
    gap "$key" absent
    return
  elif [ ! -r "$1" ]; then
    gap "$key" denied "permission denied"
    return
  fi
  folder=$1
  set +f
  set -- "$folder"/.[!.]* "$folder"/..?*
  set -f
  if [ -e "$1" ] || [ -h "$1" ] || [ -e "$2" ] || [ -h "$2" ]; then
    set -- $(ls -1A "$folder" 2>/dev/null)
  else
    set +f
    set -- "$folder"/*
    set -f
    [ -e "$1" ] || [ -h "$1" ] || shift
  fi
  list=
  names=
  for name; do
    name=${name##*/}
    quote "$name"
    list=$list,\"$json\"
    names=$names$name$newline
  done
  [ "$outer" ] && note outer "$names"
  answer "$key" "\"names\":[${list#,}]"
}

# --- Many paths at once -----------------------------------------------------------------------------------------------------------

# many link|stat PATH…: one process for up to a hundred of them; one by one where the disk does not answer.
many() {
  kind=$1
  shift
  some=
  count=0
  for path; do
    case $path in
    # What ls prints of such a name could be read in two ways.
    *[!A-Za-z0-9_./:@+,=-]*) ask "$kind" "$path" ;;
    *)
      some=$some$path$newline
      count=$((count + 1)) ;;
    esac
    if [ "$count" -eq 100 ]; then
      batch "$kind" $some
      some=
      count=0
    fi
  done
  [ -z "$some" ] || batch "$kind" $some
}

batch() {
  kind=$1
  shift
  guard 5 "read_${kind}s" "$@" && return
  for path; do ask "$kind" "$path"; done
}

# `lrwxrwxrwx 1 0 0 0 Nov 20 06:37 /sys/class/net/eth0/driver -> ../../bus/pci/drivers/e1000`
read_links() {
  shown=$(ls -ld "$@" 2>/dev/null)
  for path; do
    quote "$path"
    key="{\"link\":\"$json\"}"
    if [ -h "$path" ]; then
      target=${shown#*" $path -> "}
      target=${target%%"$newline"*}
      quote "$target"
      answer "$key" "\"target\":\"$json\""
    elif [ -e "$path" ]; then
      gap "$key" malformed "no symbolic link"
    else
      missing "$key" "$path"
    fi
  done
}

# Of several paths, ls gives each on a line of its own that ends with the path.
read_stats() {
  shown=$(ls -ldnL "$@" 2>/dev/null | stats)
  for path; do
    quote "$path"
    key="{\"stat\":\"$json\"}"
    case $newline$shown$newline in
    *"$newline$path {"*)
      found=${shown#*"$path {"}
      found=${found%%"$newline"*}
      answer "$key" "\"stat\":{$found" ;;
    *)
      # A name with blanks was asked for alone.
      found=${shown#*" {"}
      if [ $# -eq 1 ] && [ "$shown" ]; then answer "$key" "\"stat\":{$found"; else missing "$key" "$path"; fi ;;
    esac
  done
}

# `crw-rw----. 1 0 36 10, 232 … /dev/kvm` → /dev/kvm {"type":"char","mode":"0660","uid":0,"gid":36,"size":null}
stats() {
  awk '
    function bits(letters) {
      return (substr(letters, 1, 1) == "r" ? 4 : 0) + (substr(letters, 2, 1) == "w" ? 2 : 0) + (substr(letters, 3, 1) ~ /[xst]/ ? 1 : 0)
    }
    {
      kind["-"] = "file"; kind["d"] = "dir"; kind["l"] = "link"; kind["b"] = "block"
      kind["c"] = "char"; kind["p"] = "fifo"; kind["s"] = "socket"
      type = kind[substr($1, 1, 1)]
      if (type == "") next
      special = (substr($1, 4, 1) ~ /[sS]/ ? 4 : 0) + (substr($1, 7, 1) ~ /[sS]/ ? 2 : 0) + (substr($1, 10, 1) ~ /[tT]/ ? 1 : 0)
      size = type == "block" || type == "char" ? "null" : $5
      printf "%s {\"type\":\"%s\",\"mode\":\"%d%d%d%d\",\"uid\":%s,\"gid\":%s,\"size\":%s}\n", $NF, type, special, \
        bits(substr($1, 2, 3)), bits(substr($1, 5, 3)), bits(substr($1, 8, 3)), $3, $4, size
    }'
}

# --- Commands ---------------------------------------------------------------------------------------------------------------------

# ask_command KEY SECONDS BYTES BACKEND NAME ARGV…
ask_command() {
  key=$1 limit=$2 most=$3 backend=$4 place=$5
  shift 5
  case $newline$dead in
  *"$newline$backend$newline"*)
    gap "$key" timeout "$backend had not answered before and was not asked again"
    return ;;
  esac
  if ! command -v "$1" >/dev/null 2>&1; then
    gap "$key" absent "$1 is not installed"
    return
  fi
  guard "$limit" run "$@" && return
  [ "$backend" ] && dead=$dead$backend$newline
  gap "$key" timeout "no answer within $limit s"
}

# Its output goes where data go, what it says on stderr into a variable.
run() {
  case $number in
  ?) place=commands/00$number-$place ;;
  ??) place=commands/0$number-$place ;;
  *) place=commands/$number-$place ;;
  esac
  status=
  errors=$(
    {
      {
        "$@" </dev/null 2>&3 3>&- 4>&-
        echo "$?" >"$tmp/status"
      } | head -c "$((most + 1))" | keep "$place.out" >&4 3>&-
    } 3>&1 | head -c 65536
    echo x
  )
  errors=${errors%x}
  read -r status <"$tmp/status" || end 1
  if ! settle "$place.out" "$most"; then
    gap "$key" too-big "more than $most bytes"
    return
  fi
  fields="\"exit\":$status,$data"
  if [ "$errors" ]; then
    said "$place.err" "$errors"
    fields=$fields,$data
  fi
  answer "$key" "$fields"
}

# --- Questions that lead to others ------------------------------------------------------------------------------------------------

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

# glob KIND PATTERN [SECONDS [BYTES [end]]]
glob() {
  kind=$1 pattern=$2
  shift
  shift
  key="{\"$kind\":\"$pattern\"}"
  base=$pattern
  while :; do
    case $base in
    *[*?[]*) base=${base%/*} ;;
    *) break ;;
    esac
  done
  if virtual "$pattern"; then match; else guard 2 match || note outcome late; fi
  read -r outcome <"$tmp/outcome"
  case $outcome in
  denied)
    # In a folder that cannot be searched a glob looks like an empty one.
    gap "$key" denied "permission denied"
    return ;;
  late)
    gap "$key" timeout "the disk did not answer"
    return ;;
  esac
  paths=
  while read -r path; do [ -z "$path" ] || paths=$paths$path$newline; done <"$tmp/paths"
  expands "$key" $paths
  case $kind in
  link | stat) many "$kind" $paths ;;
  *)
    folders $paths
    for path in $paths; do ask "$kind" "$path" ${1+"$@"}; done ;;
  esac
}

match() {
  if [ -d "$base" ] && [ ! -r "$base" ]; then
    note outcome denied
    return
  fi
  set +f
  IFS=
  set -- $pattern
  IFS=$newline
  set -f
  [ -e "$1" ] || [ -h "$1" ] || shift
  paths=
  for path; do
    case $path in
    # A name with a line break in it is no name that anybody asks for.
    *"$newline"*) ;;
    *) paths=$paths$path$newline ;;
    esac
  done
  note paths "$paths"
  note outcome ok
}

# values KEY PATTERN NAMES: what the expression matches in the lines of the answer that was just given, each once, in $picked. Where
# that answer is a gap, it stands for the whole. NAMES: they are put into a path.
values() {
  outer=
  read -r outcome <"$tmp/outcome"
  picked=
  if [ "$outcome" != ok ]; then
    gap "$1" "$outcome"
    return
  fi
  for value in $(pick "$2" <"$tmp/outer"); do
    case $value in
    '' | -* | *[[:cntrl:]]*) continue ;;
    */* | . | ..) [ "$3" ] && continue ;;
    esac
    picked=$picked$value$newline
  done
  expands "$1" $picked
}

pick() {
  awk -v re="$1" '{ if (re == "") v = $0; else if (match($0, re)) v = substr($0, RSTART, RLENGTH); else v = ""; if (v != "" && !seen[v]++) print v }'
}

# --- Preconditions ----------------------------------------------------------------------------------------------------------------

# may KEY DETAIL TEST…
may() {
  wanted=$1 detail=$2
  shift
  shift
  "$@" && return
  gap "$wanted" withheld "$detail"
  return 1
}

there() { [ -e "$1" ]; }

# loaded MODULE [UNLESS…]
loaded() {
  [ -d "/sys/module/$1" ] || return 1
  shift
  for path; do [ ! -e "$path" ] || return 1; done
}

processes=
runs() {
  [ "$processes" ] || processes=$(running)
  for daemon; do
    case $newline$processes$newline in
    *"$newline$daemon$newline"*) return 0 ;;
    esac
  done
  return 1
}

# `1234 (virtqemud) S 1 …` → virtqemud
running() {
  set +f
  if [ -r /proc/self/stat ]; then
    cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^[0-9]* (\(.*\)) [A-Za-z] .*/\1/p'
  fi
  set -f
  [ -r /proc/self/stat ] || ps -ax -o comm 2>/dev/null | sed 's|.*/||'
}
