;; Looks for all literals at once: four stretches of the text, one step of the automaton each, in one loop, so that the loads of one
;; stretch are under way while the others compute. One lane after another reached half of this speed.
;;
;; Memory (the same numbers stand in scanner.ts):
;;   0         256 bytes: the class of each byte, times 2
;;   256       the text, at most 2 MiB, with newlines behind it
;;   0x210000   four words: where the hits of each lane end; then one: where the line ends that "line" looked for
;;   0x210040   hits of lane 0, then of lane 1 at 0x210040 + $cap, …: two words each, offset in the text and state
;;   0x1400000  the table: 64 bytes a state, one line of the cache, two for each class: the number of the next state
;; States that accept have bit 15 set: their rows lie 2 MiB behind the first.
(module
  (import "env" "memory" (memory 1))

  (func (export "scan") (param $steps i32) (param $stride i32) (param $cap i32)
    (local $i i32)
    (local $d1 i32) (local $d2 i32) (local $d3 i32)
    (local $s0 i32) (local $s1 i32) (local $s2 i32) (local $s3 i32)
    (local $h0 i32) (local $h1 i32) (local $h2 i32) (local $h3 i32)
    (local.set $d1 (local.get $stride))
    (local.set $d2 (i32.mul (local.get $stride) (i32.const 2)))
    (local.set $d3 (i32.mul (local.get $stride) (i32.const 3)))
    (local.set $h0 (i32.const 0x210040))
    (local.set $h1 (i32.add (local.get $h0) (local.get $cap)))
    (local.set $h2 (i32.add (local.get $h1) (local.get $cap)))
    (local.set $h3 (i32.add (local.get $h2) (local.get $cap)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $steps)))
        (local.set $s0 (i32.load16_u offset=0x1400000 (i32.add (i32.shl (local.get $s0) (i32.const 6))
          (i32.load8_u (i32.load8_u offset=256 (local.get $i))))))
        (local.set $s1 (i32.load16_u offset=0x1400000 (i32.add (i32.shl (local.get $s1) (i32.const 6))
          (i32.load8_u (i32.load8_u offset=256 (i32.add (local.get $i) (local.get $d1)))))))
        (local.set $s2 (i32.load16_u offset=0x1400000 (i32.add (i32.shl (local.get $s2) (i32.const 6))
          (i32.load8_u (i32.load8_u offset=256 (i32.add (local.get $i) (local.get $d2)))))))
        (local.set $s3 (i32.load16_u offset=0x1400000 (i32.add (i32.shl (local.get $s3) (i32.const 6))
          (i32.load8_u (i32.load8_u offset=256 (i32.add (local.get $i) (local.get $d3)))))))
        (if (i32.and (i32.const 0x8000)
              (i32.or (i32.or (local.get $s0) (local.get $s1)) (i32.or (local.get $s2) (local.get $s3))))
          (then
            (if (i32.and (local.get $s0) (i32.const 0x8000)) (then
              (i32.store offset=0 (local.get $h0) (local.get $i))
              (i32.store offset=4 (local.get $h0) (local.get $s0))
              (local.set $h0 (i32.add (local.get $h0) (i32.const 8)))))
            (if (i32.and (local.get $s1) (i32.const 0x8000)) (then
              (i32.store offset=0 (local.get $h1) (i32.add (local.get $i) (local.get $d1)))
              (i32.store offset=4 (local.get $h1) (local.get $s1))
              (local.set $h1 (i32.add (local.get $h1) (i32.const 8)))))
            (if (i32.and (local.get $s2) (i32.const 0x8000)) (then
              (i32.store offset=0 (local.get $h2) (i32.add (local.get $i) (local.get $d2)))
              (i32.store offset=4 (local.get $h2) (local.get $s2))
              (local.set $h2 (i32.add (local.get $h2) (i32.const 8)))))
            (if (i32.and (local.get $s3) (i32.const 0x8000)) (then
              (i32.store offset=0 (local.get $h3) (i32.add (local.get $i) (local.get $d3)))
              (i32.store offset=4 (local.get $h3) (local.get $s3))
              (local.set $h3 (i32.add (local.get $h3) (i32.const 8)))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i32.store offset=0x210000 (i32.const 0) (local.get $h0))
    (i32.store offset=0x210004 (i32.const 0) (local.get $h1))
    (i32.store offset=0x210008 (i32.const 0) (local.get $h2))
    (i32.store offset=0x21000c (i32.const 0) (local.get $h3)))

  ;; Bit 7 of each of the eight bytes at $at in the text that is a newline. No SIMD: V8 has it only on processors with SSE4.1, which
  ;; old hosts lack, and guests on QEMU's usual models. Exact: no carry runs from one byte into the next.
  (func $marks (param $at i32) (result i64)
    (local $word i64)
    (local.set $word (i64.xor (i64.load offset=256 align=1 (local.get $at)) (i64.const 0x0a0a0a0a0a0a0a0a)))
    (i64.and (i64.const 0x8080808080808080)
      (i64.xor (i64.const -1)
        (i64.or (local.get $word)
          (i64.add (i64.const 0x7f7f7f7f7f7f7f7f)
            (i64.and (local.get $word) (i64.const 0x7f7f7f7f7f7f7f7f)))))))

  ;; Where the line begins that the byte at $at belongs to; its end is stored at 0x210010. Behind the text there always is a newline.
  (func (export "line") (param $at i32) (result i32)
    (local $end i32) (local $marks i64)
    (local.set $end (local.get $at))
    (loop $forward
      (local.set $marks (call $marks (local.get $end)))
      (if (i64.eqz (local.get $marks)) (then
        (local.set $end (i32.add (local.get $end) (i32.const 8)))
        (br $forward))))
    (i32.store offset=0x210010 (i32.const 0) (i32.add (local.get $end)
      (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $marks)) (i64.const 3)))))
    (block $found
      (loop $back
        (br_if $found (i32.lt_s (local.get $at) (i32.const 8)))
        (local.set $marks (call $marks (i32.sub (local.get $at) (i32.const 8))))
        (if (i64.ne (local.get $marks) (i64.const 0)) (then
          (return (i32.sub (local.get $at)
            (i32.wrap_i64 (i64.shr_u (i64.clz (local.get $marks)) (i64.const 3)))))))
        (local.set $at (i32.sub (local.get $at) (i32.const 8)))
        (br $back)))
    (loop $byte
      (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load8_u offset=255 (local.get $at)) (i32.const 10)) (then (return (local.get $at))))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br $byte))
    (unreachable))

  ;; How many newlines lie in the text from $from up to $to. Eight bytes at a time, and each of the eight counts to 255 at most, so that
  ;; the sums are taken every 255 steps (2040 bytes).
  (func (export "newlines") (param $from i32) (param $to i32) (result i32)
    (local $others i64) (local $word i64) (local $sum i32) (local $stop i32)
    (block $done
      (loop $block
        (local.set $stop (i32.add (local.get $from) (i32.const 2040)))
        (br_if $done (i32.gt_u (local.get $stop) (local.get $to)))
        (local.set $others (i64.const 0))
        (loop $eight
          (local.set $word (i64.xor (i64.load offset=256 align=1 (local.get $from)) (i64.const 0x0a0a0a0a0a0a0a0a)))
          ;; What is no newline counts one: as in $marks, but for a call and a negation that a gigabyte would notice.
          (local.set $others (i64.add (local.get $others)
            (i64.and (i64.const 0x0101010101010101)
              (i64.shr_u
                (i64.or (local.get $word)
                  (i64.add (i64.const 0x7f7f7f7f7f7f7f7f)
                    (i64.and (local.get $word) (i64.const 0x7f7f7f7f7f7f7f7f))))
                (i64.const 7)))))
          (local.set $from (i32.add (local.get $from) (i32.const 8)))
          (br_if $eight (i32.lt_u (local.get $from) (local.get $stop))))
        ;; Pairs of bytes to four words of sixteen bits, whose sum the multiplication leaves in the highest.
        (local.set $others (i64.add
          (i64.and (local.get $others) (i64.const 0x00ff00ff00ff00ff))
          (i64.and (i64.shr_u (local.get $others) (i64.const 8)) (i64.const 0x00ff00ff00ff00ff))))
        (local.set $sum (i32.add (local.get $sum) (i32.sub (i32.const 2040)
          (i32.wrap_i64 (i64.shr_u (i64.mul (local.get $others) (i64.const 0x0001000100010001)) (i64.const 48))))))
        (br $block)))
    (block $end
      (loop $byte
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $sum (i32.add (local.get $sum)
          (i32.eq (i32.load8_u offset=256 (local.get $from)) (i32.const 10))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $byte)))
    (local.get $sum)))
