;; Tells whether a text can hold a secret at all: see text-signs.ts. One pass over its UTF-8, 48 bytes at a time, of which each
;; is looked at together with the 16 behind it, so that what is 16 bytes long lies in one look as a whole.
(module
  (import "text" "memory" (memory 1))
  ;; Tables of `triples.ts`: the beginnings of secret words, and the ends of sensitive names.
  (import "text" "beginnings" (global $beginnings i32))
  (import "text" "endings" (global $endings i32))
  ;; Where the text begins; at least 16 zeros stand before it.
  (import "text" "start" (global $start i32))
  ;; What is answered: bits.
  (import "text" "secret" (global $secret i32))
  (import "text" "name" (global $name i32))
  (import "text" "url" (global $url i32))

  ;; Key of three characters in those tables, by the address of the last.
  (func $key (param $last i32) (result i32)
    (i32.or
      (i32.shl (i32.and (i32.load8_u (i32.sub (local.get $last) (i32.const 2))) (i32.const 31)) (i32.const 10))
      (i32.or
        (i32.shl (i32.and (i32.load8_u (i32.sub (local.get $last) (i32.const 1))) (i32.const 31)) (i32.const 5))
        (i32.and (i32.load8_u (local.get $last)) (i32.const 31)))))

  ;; Whether the two bytes in front of the blanks before $at end `bearer` or `basic`, in any case.
  (func $is_behind_scheme (param $at i32) (result i32)
    (local $ending i32)
    (loop $blanks
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $blanks (i32.eq (i32.load8_u (local.get $at)) (i32.const 32))))
    (local.set $ending (i32.or (i32.load16_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 0x2020)))
    (i32.or
      (i32.eq (local.get $ending) (i32.const 0x7265)) ;; er
      (i32.eq (local.get $ending) (i32.const 0x6369)))) ;; ic

  ;; Whether 14 of the 27 bytes from $at on are digits, with nothing but blanks and hyphens between them.
  (func $is_long_number (param $at i32) (result i32)
    (local $end i32) (local $byte i32) (local $digits i32)
    (local.set $end (i32.add (local.get $at) (i32.const 27)))
    (block $ended
      (loop $bytes
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10))
          (then (local.set $digits (i32.add (local.get $digits) (i32.const 1))))
          (else
            (br_if $ended
              (i32.and
                (i32.ne (local.get $byte) (i32.const 32))
                (i32.ne (local.get $byte) (i32.const 45))))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $bytes (i32.lt_u (local.get $at) (local.get $end)))))
    (i32.ge_u (local.get $digits) (i32.const 14)))

  ;; What the `:` or `=` at $at is a sign of.
  (func $join (param $at i32) (result i32)
    (local $next i32) (local $last i32) (local $byte i32) (local $signs i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 58))
      (then
        (local.set $next (i32.load16_u (i32.add (local.get $at) (i32.const 1))))
        (if
          (i32.or
            (i32.eq (local.get $next) (i32.const 0x2f2f)) ;; //
            (i32.eq (local.get $next) (i32.const 0x2f5c))) ;; \/
          (then (local.set $signs (global.get $url))))))
    (local.set $last (local.get $at))
    (loop $blanks
      (local.set $last (i32.sub (local.get $last) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get $last)))
      (br_if $blanks
        (i32.and
          (i32.le_u (local.get $byte) (i32.const 32))
          (i32.ge_u (local.get $last) (global.get $start)))))
    ;; The last two bytes of all blanks beyond ASCII begin with one of these.
    (if (i32.ge_u (local.get $byte) (i32.const 0x80))
      (then
        (local.set $next (i32.load8_u (i32.sub (local.get $last) (i32.const 1))))
        (if
          (i32.or
            (i32.or
              (i32.eq (local.get $next) (i32.const 0xc2))
              (i32.eq (local.get $next) (i32.const 0x9a)))
            (i32.or
              (i32.eq (i32.and (local.get $next) (i32.const 0xfe)) (i32.const 0x80))
              (i32.eq (local.get $next) (i32.const 0xbb))))
          (then (return (i32.or (local.get $signs) (global.get $name)))))))
    (if (i32.or (i32.eq (local.get $byte) (i32.const 34)) (i32.eq (local.get $byte) (i32.const 39)))
      (then
        (loop $backslashes
          (local.set $last (i32.sub (local.get $last) (i32.const 1)))
          (br_if $backslashes (i32.eq (i32.load8_u (local.get $last)) (i32.const 92))))))
    (if (i32.load8_u (i32.add (global.get $endings) (call $key (local.get $last))))
      (then (local.set $signs (i32.or (local.get $signs) (global.get $name)))))
    (local.get $signs))

  ;; Whether the `B` or `u` at $at belongs to `-----B`, or to an escape of a printable character of ASCII: `\u0041`.
  (func $is_armour_or_escape (param $at i32) (result i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 66))
      (then
        (return
          (i32.and
            (i32.eq (i32.load (i32.sub (local.get $at) (i32.const 4))) (i32.const 0x2d2d2d2d))
            (i32.eq (i32.load8_u (i32.sub (local.get $at) (i32.const 5))) (i32.const 45))))))
    (i32.and
      (i32.eq (i32.load16_u (i32.add (local.get $at) (i32.const 1))) (i32.const 0x3030))
      (i32.lt_u
        (i32.sub (i32.load8_u (i32.add (local.get $at) (i32.const 3))) (i32.const 50))
        (i32.const 6))))

  ;; Whether a secret word, a credential or a card number may begin: $long and $digits are the places, counted from $base, from
  ;; which on enough bytes of each are together.
  (func $is_secret (param $base i32) (param $long i64) (param $digits i64) (result i32)
    (local $at i32) (local $shift i64) (local $bytes v128) (local $before v128)
    (local $names i64) (local $escapes i64) (local $blanks i64) (local $firsts i64)
    (local.set $at (local.get $base))
    (loop $vectors
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $before (v128.load (i32.sub (local.get $at) (i32.const 1))))
      (local.set $names
        (i64.or
          (local.get $names)
          (i64.shl
            (i64.extend_i32_u
              (i8x16.bitmask
                (v128.or
                  (v128.or
                    (i8x16.lt_u
                      (i8x16.sub
                        (v128.or (local.get $before) (i8x16.splat (i32.const 32)))
                        (i8x16.splat (i32.const 97)))
                      (i8x16.splat (i32.const 26)))
                    (i8x16.lt_u
                      (i8x16.sub (local.get $before) (i8x16.splat (i32.const 48)))
                      (i8x16.splat (i32.const 10))))
                  (i8x16.eq (local.get $before) (i8x16.splat (i32.const 95))))))
            (local.get $shift))))
      ;; After the letter of `\n`, or the digits of `\u00e4`, a word begins too.
      (local.set $escapes
        (i64.or
          (local.get $escapes)
          (i64.shl
            (i64.extend_i32_u
              (i8x16.bitmask
                (v128.or
                  (i8x16.eq (v128.load (i32.sub (local.get $at) (i32.const 2))) (i8x16.splat (i32.const 92)))
                  (i8x16.eq (v128.load (i32.sub (local.get $at) (i32.const 6))) (i8x16.splat (i32.const 92))))))
            (local.get $shift))))
      (local.set $blanks
        (i64.or
          (local.get $blanks)
          (i64.shl
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $before) (i8x16.splat (i32.const 32)))))
            (local.get $shift))))
      ;; Card numbers begin with 2 to 6.
      (local.set $firsts
        (i64.or
          (local.get $firsts)
          (i64.shl
            (i64.extend_i32_u
              (i8x16.bitmask
                (i8x16.lt_u
                  (i8x16.sub (local.get $bytes) (i8x16.splat (i32.const 50)))
                  (i8x16.splat (i32.const 5)))))
            (local.get $shift))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $shift (i64.add (local.get $shift) (i64.const 16)))
      (br_if $vectors (i64.lt_u (local.get $shift) (i64.const 64))))
    (local.set $escapes (i64.or (local.get $escapes) (i64.xor (local.get $names) (i64.const -1))))
    (local.set $blanks (i64.and (local.get $blanks) (local.get $long)))
    (local.set $long (i64.and (local.get $long) (local.get $escapes)))
    (local.set $digits (i64.and (i64.and (local.get $digits) (local.get $escapes)) (local.get $firsts)))
    (block $ended
      (loop $words
        (br_if $ended (i64.eqz (local.get $long)))
        (local.set $at (i32.add (local.get $base) (i32.wrap_i64 (i64.ctz (local.get $long)))))
        (local.set $long (i64.and (local.get $long) (i64.sub (local.get $long) (i64.const 1))))
        (br_if $words
          (i32.eqz
            (i32.load8_u
              (i32.add (global.get $beginnings) (call $key (i32.add (local.get $at) (i32.const 2)))))))
        (return (i32.const 1))))
    (block $ended
      (loop $credentials
        (br_if $ended (i64.eqz (local.get $blanks)))
        (local.set $at (i32.add (local.get $base) (i32.wrap_i64 (i64.ctz (local.get $blanks)))))
        (local.set $blanks (i64.and (local.get $blanks) (i64.sub (local.get $blanks) (i64.const 1))))
        (br_if $credentials (i32.eqz (call $is_behind_scheme (local.get $at))))
        (return (i32.const 1))))
    (block $ended
      (loop $numbers
        (br_if $ended (i64.eqz (local.get $digits)))
        (local.set $at (i32.add (local.get $base) (i32.wrap_i64 (i64.ctz (local.get $digits)))))
        (local.set $digits (i64.and (local.get $digits) (i64.sub (local.get $digits) (i64.const 1))))
        (br_if $numbers (i32.eqz (call $is_long_number (local.get $at))))
        (return (i32.const 1))))
    (i32.const 0))

  ;; Signs in the text of so many bytes.
  (func (export "signs") (param $length i32) (result i32)
    (local $signs i32) (local $base i32) (local $end i32) (local $at i32) (local $shift i64)
    (local $bytes v128) (local $before v128) (local $classes v128)
    (local $long i64) (local $digits i64) (local $joins i64) (local $odd i64)
    (local.set $base (global.get $start))
    (local.set $end (i32.add (local.get $base) (local.get $length)))
    ;; What is behind the text is from an earlier one.
    (v128.store (local.get $end) (v128.const i64x2 0 0))
    (v128.store offset=16 (local.get $end) (v128.const i64x2 0 0))
    (v128.store offset=32 (local.get $end) (v128.const i64x2 0 0))
    (v128.store offset=48 (local.get $end) (v128.const i64x2 0 0))
    (v128.store offset=64 (local.get $end) (v128.const i64x2 0 0))
    (block $ended
      (loop $looks
        (br_if $ended (i32.ge_u (local.get $base) (local.get $end)))
        (local.set $at (local.get $base))
        (local.set $shift (i64.const 0))
        (local.set $long (i64.const 0))
        (local.set $digits (i64.const 0))
        (local.set $joins (i64.const 0))
        (local.set $odd (i64.const 0))
        (loop $vectors
          (local.set $bytes (v128.load (local.get $at)))
          (local.set $before (v128.load (i32.sub (local.get $at) (i32.const 1))))
          ;; Classes by both halves of a byte. 01, 02, 04, 08, 10: `+-./`, `0-9=`, letters except p to z, `P-Z\_`, `p-z~`; 20:
          ;; digits; 40: blank and hyphen; 80: `:=`.
          (local.set $classes
            (v128.and
              (i8x16.swizzle
                (v128.const i8x16
                  0x7a 0x3e 0x3e 0x3e 0x3e 0x3e 0x3e 0x3e 0x3e 0x3e 0x9c 0x05 0x0c 0xc7 0x15 0x0d)
                (v128.and (local.get $bytes) (i8x16.splat (i32.const 15))))
              (i8x16.swizzle
                (v128.const i8x16 0 0 0x41 0xa2 0x04 0x08 0x04 0x10 0 0 0 0 0 0 0 0)
                (i8x16.shr_u (local.get $bytes) (i32.const 4)))))
          (local.set $long
            (i64.or
              (local.get $long)
              (i64.shl
                (i64.extend_i32_u
                  (i8x16.bitmask
                    (i8x16.eq
                      (v128.and (local.get $classes) (i8x16.splat (i32.const 0x1f)))
                      (v128.const i64x2 0 0))))
                (local.get $shift))))
          (local.set $digits
            (i64.or
              (local.get $digits)
              (i64.shl
                (i64.extend_i32_u
                  (i8x16.bitmask
                    (i8x16.eq
                      (v128.and (local.get $classes) (i8x16.splat (i32.const 0x60)))
                      (v128.const i64x2 0 0))))
                (local.get $shift))))
          (local.set $joins
            (i64.or
              (local.get $joins)
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $classes))) (local.get $shift))))
          (local.set $odd
            (i64.or
              (local.get $odd)
              (i64.shl
                (i64.extend_i32_u
                  (i8x16.bitmask
                    (v128.or
                      (v128.and
                        (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 66)))
                        (i8x16.eq (local.get $before) (i8x16.splat (i32.const 45))))
                      (v128.and
                        (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 117)))
                        (i8x16.eq (local.get $before) (i8x16.splat (i32.const 92)))))))
                (local.get $shift))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $shift (i64.add (local.get $shift) (i64.const 16)))
          (br_if $vectors (i64.lt_u (local.get $shift) (i64.const 64))))
        ;; Places from which on 16 bytes are in a word, and 14 in a number.
        (local.set $long (i64.xor (local.get $long) (i64.const -1)))
        (local.set $long (i64.and (local.get $long) (i64.shr_u (local.get $long) (i64.const 1))))
        (local.set $long (i64.and (local.get $long) (i64.shr_u (local.get $long) (i64.const 2))))
        (local.set $long (i64.and (local.get $long) (i64.shr_u (local.get $long) (i64.const 4))))
        (local.set $long (i64.and (local.get $long) (i64.shr_u (local.get $long) (i64.const 8))))
        (local.set $digits (i64.xor (local.get $digits) (i64.const -1)))
        (local.set $digits (i64.and (local.get $digits) (i64.shr_u (local.get $digits) (i64.const 1))))
        (local.set $digits (i64.and (local.get $digits) (i64.shr_u (local.get $digits) (i64.const 2))))
        (local.set $digits (i64.and (local.get $digits) (i64.shr_u (local.get $digits) (i64.const 4))))
        (local.set $digits (i64.and (local.get $digits) (i64.shr_u (local.get $digits) (i64.const 6))))
        (if (i64.ne (i64.or (local.get $long) (local.get $digits)) (i64.const 0))
          (then
            (if (call $is_secret (local.get $base) (local.get $long) (local.get $digits))
              (then (return (global.get $secret))))))
        ;; The last 16 bytes come again.
        (local.set $joins (i64.and (local.get $joins) (i64.const 0xffffffffffff)))
        (block $joined
          (loop $each
            (br_if $joined (i64.eqz (local.get $joins)))
            (local.set $signs
              (i32.or
                (local.get $signs)
                (call $join (i32.add (local.get $base) (i32.wrap_i64 (i64.ctz (local.get $joins)))))))
            (local.set $joins (i64.and (local.get $joins) (i64.sub (local.get $joins) (i64.const 1))))
            (br $each)))
        (block $seen
          (loop $each
            (br_if $seen (i64.eqz (local.get $odd)))
            (local.set $at (i32.add (local.get $base) (i32.wrap_i64 (i64.ctz (local.get $odd)))))
            (local.set $odd (i64.and (local.get $odd) (i64.sub (local.get $odd) (i64.const 1))))
            (br_if $each (i32.eqz (call $is_armour_or_escape (local.get $at))))
            (return (global.get $secret))))
        (local.set $base (i32.add (local.get $base) (i32.const 48)))
        (br $looks)))
    (local.get $signs))
)
