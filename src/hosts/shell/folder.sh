# Answers into a folder that is a bundle after every line, packed at the end.

say() { printf '%s\n' "$*" >&2; }

usage="usage: sh collect.sh [-u] [FOLDER]   records this machine in FOLDER.tar.gz; -u leaves the folder unpacked"
unpacked=
case ${1-} in
-u)
  unpacked=yes
  shift ;;
-*)
  say "$usage"
  exit 2 ;;
esac
name=${1:-vdoctor-$(uname -n)-$(date -u +%Y%m%d%H%M%S)}
case $name in
-*)
  say "a folder's name cannot start with a dash: $name"
  exit 2 ;;
esac
name=${name%/}
for one in "$name" "$name.tar.gz" "$name.tar"; do
  if [ -e "$one" ] || [ -h "$one" ]; then
    say "$one is there already"
    exit 2
  fi
done
mark=
thorough=

# Old GNU sed calls extended expressions -r, all others -E.
if printf 'x\n' | sed -E 's/(x)/\1/' >/dev/null 2>&1; then ere=-E; else ere=-r; fi

# begin HEADER: the folder gets its name when it is a bundle.
begin() {
  fresh=$name.new.$$
  if ! mkdir "$fresh" 2>/dev/null; then
    say "cannot make a folder here: $name"
    say "Go to a folder that can be written, or name one: sh collect.sh /tmp/FOLDER"
    exit 2
  fi
  if ! mkdir "$fresh/.tmp" || ! printf '%s\n' "$1" >"$fresh/manifest.jsonl" || ! mv "$fresh" "$name"; then
    rm -rf "$fresh"
    say "cannot write to $name"
    exit 2
  fi
  out=$(cd "$name" && pwd) || exit 2
  tmp=$out/.tmp
  manifest=$out/manifest.jsonl
  : >"$tmp/now"
  exec 4>/dev/null
  trap 'interrupted 129' HUP
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  gently
  watchdog >/dev/null 2>&1 &
  dog=$!
  # No file may lose its end to a sed that does otherwise.
  printf 'one\npassword\nthree' | glance .tmp/try
  if ! doubtful || [ "$(cat "$tmp/try")" != one ]; then thorough=yes; fi
}

append() {
  printf '%s\n' "$1" 2>/dev/null >>"$manifest" || end 1
}

# A guarded shell leaves it to the one that waits for it.
end() {
  [ -z "$guarded" ] || exit 99
  trap '' HUP INT TERM
  quiet
  say "cannot write to $out any more: is the disk full?"
  say "What was recorded until then can be used: bring that folder to a machine with vdoctor."
  exit "$1"
}

interrupted() {
  trap '' HUP INT TERM
  [ "$child" ] && stop "$child"
  quiet
  say "interrupted: what was recorded until now is in $out"
  exit "$1"
}

# The watchdog and its sleep go.
quiet() {
  kill -KILL "$dog" 2>/dev/null
  wait "$dog" 2>/dev/null
  rm -rf "$tmp"
}

flush() { :; }

# Folders for the files of many paths, by one process.
folders() {
  some=
  last=
  for path; do
    folder=$out/files${path%/*}
    if [ "$folder" != "$last" ] && [ ! -d "$folder" ]; then some=$some$folder$newline; fi
    last=$folder
  done
  [ -z "$some" ] || mkdir -p $some
}

room() {
  folder=$out/${1%/*}
  [ -d "$folder" ] || mkdir -p "$folder" || end 1
}

# Where it cannot be written there is no file.
keep() {
  room "$1"
  if [ "$outer" ]; then clean | tee "$tmp/outer" >"$out/$1"; else clean >"$out/$1"; fi || rm -f "$out/$1"
}

drop() { rm -f "$out/$1"; }

# Ends with the first line that may hold a secret, of which nothing is written; most files have none. Without NULs UTF-16 can be read.
glance() {
  if [ "$outer$thorough" ]; then
    : >"$tmp/doubt"
    keep "$1"
    return
  fi
  room "$1"
  tr -d '\000' | sed "$ere" -e "\\#$suspects#,\$!b" -e 's/.*/yes/' -e "w $tmp/doubt" -e d >"$out/$1" || rm -f "$out/$1"
}

doubtful() { [ -s "$tmp/doubt" ]; }

# Short values and bare numbers hold no secret.
put() {
  room "$1"
  risky=
  case $2 in
  *[=\ \"\':]*) risky=yes ;;
  *[!0-9a-fA-Fx.,$newline-]*) [ ${#2} -le 20 ] || risky=yes ;;
  esac
  if [ "$risky" ]; then
    printf '%s' "$2" | glance "$1"
    if doubtful; then printf '%s' "$2" | keep "$1"; fi
    cut=
    settle "$1" 1048576
    return
  fi
  printf '%s' "$2" >"$out/$1" || end 1
  quote "$1"
  data="\"data\":\"$json\",\"bytes\":${#2}"
}

said() {
  room "$1"
  printf '%s' "$2" | clean >"$out/$1" || end 1
  data="\"stderr\":\"$1\""
}

# settle PLACE BYTES [ORIGINAL]: redaction makes a text longer or shorter, UTF-16 loses half; only near the limit the original's length matters.
settle() {
  [ -e "$out/$1" ] || end 1
  size=$(($(wc -c <"$out/$1")))
  if [ "$size" -eq 0 ]; then
    rm -f "$out/$1"
    data='"bytes":0'
    return
  fi
  quote "$1"
  data="\"data\":\"$json\",\"bytes\":$size"
  [ -z "$cut" ] || return 0
  if [ "${3-}" ]; then
    [ "$size" -gt $(($2 / 3)) ] || return 0
    size=$(head -c "$(($2 + 1))" "$3" | wc -c)
  fi
  [ "$size" -gt "$2" ] || return 0
  rm -f "$out/$1"
  return 1
}

# All is recorded: checksums where something here can make them, then one file of it.
finish() {
  trap '' HUP INT TERM
  quiet
  trap 'say "interrupted: what was recorded is in $out"; exit 143' HUP INT TERM
  sums
  answers=$(($(wc -l <"$manifest") - 1))
  if [ "$unpacked" ] || ! pack; then
    say "$answers answers are in $out"
    say "Bring that folder to a machine with vdoctor, and run: vdoctor check --from FOLDER"
    exit 0
  fi
  say "$answers answers are in $packed"
  say "Bring that file to a machine with vdoctor, and run: vdoctor check --from ${packed##*/}"
}

sums() {
  if command -v sha256sum; then set -- sha256sum
  elif command -v shasum; then set -- shasum -a 256
  elif command -v sha256; then set -- sha256 -r
  elif command -v openssl; then set -- openssl dgst -sha256
  else return; fi >/dev/null 2>&1
  # `0123…  files/proc/cpuinfo`, openssl: `SHA256(files/proc/cpuinfo)= 0123…`; then a line without anything, then the manifest.
  {
    (cd "$out" && find files commands -type f -exec "$@" '{}' + 2>/dev/null)
    echo
    cat "$manifest"
  } | awk '
    function with_sum(line, field, name,    start, end, path) {
      if (!match(line, ",\"" field "\":\"[^\"\\\\]*\"")) return line
      start = RSTART + length(field) + 5
      end = RSTART + RLENGTH
      path = substr(line, start, end - 1 - start)
      return path in sums ? substr(line, 1, end - 1) ",\"" name "\":\"" sums[path] "\"" substr(line, end) : line
    }
    NF == 0 { rest = 1; next }
    !rest {
      if (match($0, /^SHA[-0-9]*\(.*\)= /)) { path = substr($0, index($0, "(") + 1, RLENGTH - index($0, "(") - 3); sum = $NF }
      else { sum = $1; path = substr($0, length(sum) + 2); sub(/^[ *]/, "", path) }
      sums[path] = sum
      next
    }
    {
      line = with_sum(with_sum($0, "data", "sha256"), "stderr", "stderrSha256")
      print line
    }' >"$manifest.new" 2>/dev/null
  if [ "$(($(wc -l <"$manifest.new")))" -eq "$(($(wc -l <"$manifest")))" ] 2>/dev/null; then
    mv "$manifest.new" "$manifest"
  else
    rm -f "$manifest.new"
  fi
}

# The folder goes when the file is whole, and its manifest first: half of it is no bundle any more.
pack() {
  command -v tar >/dev/null 2>&1 || return 1
  packed=$out.tar
  if command -v gzip >/dev/null 2>&1; then packed=$out.tar.gz; fi
  part=$packed.part
  rm -f "$part"
  case $packed in
  *.gz) { (cd "$out/.." && tar -cf - "${out##*/}") || exit 1; } 2>/dev/null | gzip -c >"$part" && gzip -t "$part" && whole=$(gzip -dc "$part" | tar -tf - 2>/dev/null | wc -l) ;;
  *) (cd "$out/.." && tar -cf - "${out##*/}") >"$part" 2>/dev/null && whole=$(tar -tf "$part" 2>/dev/null | wc -l) ;;
  esac || {
    rm -f "$part"
    return 1
  }
  if [ "$((whole))" -ne "$(($(find "$out" | wc -l)))" ] || ! mv "$part" "$packed"; then
    rm -f "$part"
    return 1
  fi
  rm -f "$manifest"
  rm -rf "$out"
}
