#!/usr/bin/env bash
# backup.sh COMMAND: continuous backup of the database, and its restore to any moment. See docs/operations/backup.md.
#   run                  receive the write-ahead log without a pause, and make a base backup every BACKUP_HOURS (24)
#   base                 make a base backup now
#   list                 list the base backups
#   check                fail unless the write-ahead log is being received, and base backups are made
#   restore DATA [TIME]  create the data directory DATA with everything that was received, or as of TIME
# The server is the one that libpq's variables name (PGHOST, PGUSER, …), with a role that may replicate. BACKUP_DIR (/backup) has a
# folder for each uninterrupted part of the write-ahead log, and in it wal/ and base-TIME/. BACKUP_KEEP (7) base backups are kept.
set -euo pipefail
shopt -s nullglob
umask 077
backups=${BACKUP_DIR:-/backup} slot=${BACKUP_SLOT:-backup} keep=${BACKUP_KEEP:-7} hours=${BACKUP_HOURS:-24}
stamp='%Y%m%dT%H%M%SZ' retry_seconds=2

say() { printf '%s backup: %s\n' "$(date -u +%FT%TZ)" "$1"; }
die() { say "$1" >&2; exit "${2:-1}"; }
query() { psql --no-psqlrc --no-align --tuples-only --quiet --set ON_ERROR_STOP=1 --dbname "${PGDATABASE:-postgres}" --command "$1"; }

whole() { [[ $1 =~ ^(0|[1-9][0-9]*)$ ]]; }
whole "$hours" || die "BACKUP_HOURS is '$hours': must be a whole number of hours" 78
whole "$keep" && [ "$keep" != 0 ] || die "BACKUP_KEEP is '$keep': must be a whole number from 1" 78

latest() { local found=("$@"); [ ${#found[@]} = 0 ] || printf '%s\n' "${found[-1]}"; }  # of names that sort by time
current_part() { latest "$backups"/*Z/; }
base_backups() { for base in "$backups"/*Z/base-*Z; do printf '%s %s\n' "${base##*/}" "$base"; done | sort | cut -d' ' -f2-; }
list_backups() {
  local bases
  bases=$(base_backups)
  if [ -n "$bases" ]; then printf '%s\n' "$bases"; else say "no base backup is in $backups: check BACKUP_DIR, or start \`backup.sh run\`" >&2; fi
}
first_segment() { cat "$1/first-segment"; }

# The functions that `run` repeats return an error, since `set -e` has no effect in them.
ensure_part() {  # Without the slot, the server may have removed what was not received: a new part starts with a base backup.
  local status part
  status=$(query "SELECT wal_status FROM pg_replication_slots WHERE slot_name = '$slot'") || return
  if [ -n "$status" ] && [ "$status" != lost ] && [ -n "$(current_part)" ]; then return; fi
  [ -z "$status" ] || query "SELECT pg_drop_replication_slot('$slot')" || return
  part=$backups/$(date -u +"$stamp")
  query "SELECT pg_create_physical_replication_slot('$slot', true)" >/dev/null && mkdir -p "$part/wal" || return
  say "new part $part"
}

# A disk that was full at the start of a segment leaves it shorter than the others. pg_receivewal would refuse it for ever, and has
# confirmed nothing of it.
remove_short_segments() {
  local size
  size=$(query "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'") || return
  find "$(current_part)wal" -name '*.partial' ! -empty ! -size "${size}c" -print -delete
}

make_base() {
  local part draft name
  part=$(current_part)
  [ -n "$part" ] || { say 'nothing receives the write-ahead log: start `backup.sh run` first' >&2; return 1; }
  draft=${part}draft
  rm -rf "$draft"
  pg_basebackup --pgdata "$draft" --format tar --gzip --wal-method stream --checkpoint fast --no-password & wait $! || return
  # A restore to an earlier time than the end of a base backup is impossible.
  name=$(query "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '1 second', 'YYYYMMDD\"T\"HH24MISS\"Z\"')") || return
  tar --extract --gzip --to-stdout --file "$draft/base.tar.gz" --occurrence=1 backup_label |
    sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' > "$draft/first-segment"
  mv "$draft" "${part}base-$name" || return
  say "base backup ${part}base-$name"
  prune
}

prune() {
  local bases part oldest
  mapfile -t bases < <(base_backups)
  if [ ${#bases[@]} -gt "$keep" ]; then rm -rf "${bases[@]:0:${#bases[@]}-keep}"; fi
  for part in "$backups"/*Z/; do
    oldest=$(printf '%s\n' "$part"base-*Z | head -1)
    if [ -n "$oldest" ]; then
      pg_archivecleanup "${part}wal" "$(first_segment "$oldest")"
    elif [ "$part" != "$(current_part)" ]; then
      rm -rf "$part"
    fi
  done
}

base_is_due() {
  local newest
  newest=$(latest "$(current_part)"base-*Z)
  [ -z "$newest" ] || [ -z "$(find "$newest" -maxdepth 0 -mmin "-$((hours * 60))")" ]
}

run() {
  local receiver
  [ "$hours" != 0 ] || die "BACKUP_HOURS is '0': must be a whole number from 1" 78
  # The server counts this receiver among its standbys, by its name; each commit is on the disk here before it is confirmed.
  trap 'kill $(jobs -p) 2>/dev/null; exit 0' TERM INT
  while true; do
    if ensure_part && remove_short_segments; then
      PGAPPNAME=$slot pg_receivewal --directory "$(current_part)wal" --slot "$slot" --synchronous --no-loop --no-password &
      receiver=$!
      while kill -0 "$receiver" 2>/dev/null; do
        if base_is_due; then make_base || say 'the base backup failed; another attempt follows'; fi
        sleep "$retry_seconds" & wait $! || true
      done
      wait "$receiver" || true
    fi
    say "not receiving; next attempt in $retry_seconds s"
    sleep "$retry_seconds" & wait $! || true
  done
}

check() {
  [ "$(query "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot' AND active")" = 1 ] ||
    die 'the write-ahead log is not being received: start `backup.sh run`, or see its output'
  [[ ! $(newest_stamp) < $(date -u --date "-$((2 * hours)) hours" +"$stamp") ]] ||
    die "no base backup was completed for $((2 * hours)) hours: see the output of \`backup.sh run\`"
}

newest_stamp() {  # of the base backups; without one, of the part that waits for its first
  local newest
  newest=$(base_backups | tail -1)
  [ -n "$newest" ] || newest=$(current_part)
  newest=${newest%/}
  newest=${newest##*/}
  printf '%s\n' "${newest#base-}"
}

select_base() {  # select_base [TIME]: the last base backup that had ended by then
  local base selected='' until
  until=${1:+base-$(date -u --date "$1" +"$stamp")}
  while read -r base; do
    if [ -z "$until" ] || [[ ! ${base##*/} > $until ]]; then selected=$base; fi
  done < <(base_backups)
  printf '%s\n' "$selected"
}

restore() {
  local data=$1 time=${2:-} base first file name
  # A time without a zone is UTC.
  [ -z "$time" ] || date -u --date "$time" >/dev/null 2>&1 || die "$time is no time: write it as 2026-11-27 20:15:00Z" 64
  [ -z "$(ls -A "$data" 2>/dev/null)" ] || die "$data is not empty: move it elsewhere first, and delete it once the restored database is right" 64
  base=$(select_base "$time")
  [ -n "$base" ] || die "No base backup in $backups is complete${time:+ before $time}: \`backup.sh list\` shows those that are" 66
  say "restoring ${time:-everything that was received} from $base"
  restoring=$data
  trap abandon_restore EXIT
  mkdir -p "$data"
  chmod 700 "$data"
  extract "$base/base.tar.gz" "$data"
  # No server starts without this file, so a restore that is killed is not taken for a complete one.
  mv "$data/global/pg_control" "$data/pg_control.restoring"
  extract "$base/pg_wal.tar.gz" "$data/pg_wal"
  first=$(first_segment "$base")
  for file in "${base%/*}"/wal/*; do
    name=${file##*/}
    # The first eight digits are the timeline. The last segment is incomplete.
    if [[ $name = *.history || ! ${name:8} < ${first:8} ]]; then cp --reflink=auto "$file" "$data/pg_wal/${name%.partial}"; fi
  done
  configure_recovery "$data" "$time"
  mv "$data/pg_control.restoring" "$data/global/pg_control"
  trap - EXIT
  say "restored into $data; the server applies the write-ahead log when it starts"
}

extract() {  # extract ARCHIVE FOLDER: tar ends at the third error, instead of repeating that the disk is full for each file
  tar --extract --gzip --no-same-owner --directory "$2" --file "$1" 2> >(head -3 >&2)
}

abandon_restore() {  # a part of the data would not start, or, without the end of the log, start with less than there is
  find "$restoring" -mindepth 1 -delete
  rmdir "$restoring" 2>/dev/null || true  # it may be a volume
  say "the restore failed, for the reason above, and $restoring is empty again. It needs as much space as the database, and its log." >&2
  exit 1
}

configure_recovery() {  # Everything is in pg_wal already, so the server has nothing to fetch.
  local data=$1 time=$2
  sed -i '/^\(restore_command\|recovery_target\)/d' "$data/postgresql.auto.conf"
  {
    echo "restore_command = 'false'"
    echo "recovery_target_action = 'promote'"
    if [ -n "$time" ]; then echo "recovery_target_time = '$(date -u --date "$time" '+%F %T.%N+00')'"; fi
  } >> "$data/postgresql.auto.conf"
  touch "$data/recovery.signal"
}

case "${1:-}:$#" in
  run:1) run ;;
  base:1) make_base ;;
  list:1) list_backups ;;
  check:1) check ;;
  restore:2 | restore:3) restore "${@:2}" ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 64 ;;
esac
