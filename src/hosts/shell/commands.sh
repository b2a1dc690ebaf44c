# Commands, questions that lead to others, and when a question may be put.

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

# once glob KIND PATTERN…: without what was asked before; $asked holds lines such as "stat /var/log/journal".
unlike=
once() {
  unlike=yes
  "$@"
  unlike=
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
  if [ "$unlike" ]; then
    members=
    for path in $paths; do
      case $newline$asked in
      *"$newline$kind $path$newline"*) ;;
      *) members=$members$path$newline ;;
      esac
    done
    paths=$members
    for path in $paths; do asked=$asked$kind\ $path$newline; done
  fi
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

# values KEY PATTERN NAMES: what the expression matches in the lines of the outer answer, each once, in $picked. Where that answer is a
# gap, it stands for the whole. NAMES: they are put into a path.
values() {
  read -r outcome <"$tmp/outcome"
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
