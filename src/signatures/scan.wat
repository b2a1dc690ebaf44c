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

  ;; Where the line begins that the byte at $at belongs to; its end is stored at 0x210010. Behind the text there always is a newline.
  (func (export "line") (param $at i32) (result i32)
    (local $end i32) (local $mask i32)
    (local.set $end (local.get $at))
    (loop $forward
      (local.set $mask (i8x16.bitmask
        (i8x16.eq (v128.load offset=256 (local.get $end)) (i8x16.splat (i32.const 10)))))
      (if (i32.eqz (local.get $mask)) (then
        (local.set $end (i32.add (local.get $end) (i32.const 16)))
        (br $forward))))
    (i32.store offset=0x210010 (i32.const 0) (i32.add (local.get $end) (i32.ctz (local.get $mask))))
    (block $found
      (loop $back
        (br_if $found (i32.lt_s (local.get $at) (i32.const 16)))
        (local.set $mask (i8x16.bitmask
          (i8x16.eq (v128.load offset=240 (local.get $at)) (i8x16.splat (i32.const 10)))))
        (if (local.get $mask) (then
          (return (i32.add (local.get $at) (i32.sub (i32.const 16) (i32.clz (local.get $mask)))))))
        (local.set $at (i32.sub (local.get $at) (i32.const 16)))
        (br $back)))
    (loop $byte
      (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load8_u offset=255 (local.get $at)) (i32.const 10)) (then (return (local.get $at))))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br $byte))
    (unreachable))

  ;; How many newlines lie in the text from $from up to $to. Sixteen bytes at a time; a byte counts to 255 at most, so that the sums are
  ;; taken every 254 steps (4064 bytes).
  (func (export "newlines") (param $from i32) (param $to i32) (result i32)
    (local $counts v128) (local $sum i32) (local $stop i32)
    (block $done
      (loop $block
        (local.set $stop (i32.add (local.get $from) (i32.const 4064)))
        (br_if $done (i32.gt_u (local.get $stop) (local.get $to)))
        (local.set $counts (v128.const i64x2 0 0))
        (loop $sixteen
          (local.set $counts (i8x16.sub (local.get $counts)
            (i8x16.eq (v128.load offset=256 (local.get $from)) (i8x16.splat (i32.const 10)))))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (br_if $sixteen (i32.lt_u (local.get $from) (local.get $stop))))
        (local.set $counts (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $counts))))
        (local.set $sum (i32.add (local.get $sum) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $counts)) (i32x4.extract_lane 1 (local.get $counts)))
          (i32.add (i32x4.extract_lane 2 (local.get $counts)) (i32x4.extract_lane 3 (local.get $counts))))))
        (br $block)))
    (block $end
      (loop $byte
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $sum (i32.add (local.get $sum)
          (i32.eq (i32.load8_u offset=256 (local.get $from)) (i32.const 10))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $byte)))
    (local.get $sum)))
