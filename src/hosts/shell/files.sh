# Files, links, folders and what ls tells of a path.

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
  if [ "$3" ] && [ "$(wc -c <"$1")" -gt "$2" ]; then cut=',"truncated":true'; fi
  contents "$@" | glance "files$1" >&4
  if doubtful; then contents "$@" | keep "files$1" >&4; fi
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

contents() {
  if [ "$3" ]; then tail -c "$2" "$1" 2>/dev/null; else head -c "$(($2 + 1))" "$1" 2>/dev/null; fi || echo 1 >"$tmp/broke$number"
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

# --- Many paths at once ---

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
