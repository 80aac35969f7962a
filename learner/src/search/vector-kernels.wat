;; Kernels of the vector table. Everything lies in one memory: the query, the numbers of the rows that are asked about, the
;; results, then blocks of $block_rows rows, each block all signs first, then all components.
(module
  (import "table" "memory" (memory 1))
  ;; The query: components as f64, then one sign bit per component.
  (import "table" "query" (global $query i32))
  (import "table" "query_signs" (global $query_signs i32))
  ;; Row numbers, u32, and results: f64 for cosines, u16 for distances. How many rows have a distance, u32, by distance.
  (import "table" "asked" (global $asked i32))
  (import "table" "results" (global $results i32))
  (import "table" "histogram" (global $histogram i32))
  ;; Where the signs and the components of row 0 begin; bytes of a block, of a row's signs (a multiple of 8) and of its
  ;; components (a multiple of 16); rows of a block as a power of two.
  (import "table" "signs" (global $signs i32))
  (import "table" "components" (global $components i32))
  (import "table" "block_bytes" (global $block_bytes i32))
  (import "table" "sign_bytes" (global $sign_bytes i32))
  (import "table" "component_bytes" (global $component_bytes i32))
  (import "table" "block_bits" (global $block_bits i32))

  (func $address (param $row i32) (param $from i32) (param $bytes i32) (result i32)
    (local $block i32)
    (local.set $block (i32.shr_u (local.get $row) (global.get $block_bits)))
    (i32.add
      (i32.add (local.get $from) (i32.mul (local.get $block) (global.get $block_bytes)))
      (i32.mul
        (i32.sub (local.get $row) (i32.shl (local.get $block) (global.get $block_bits)))
        (local.get $bytes))))

  (func $components_of (param $asked i32) (result i32)
    (call $address (i32.load (local.get $asked)) (global.get $components) (global.get $component_bytes)))

  (func $sum (param $ab v128) (param $cd v128) (result f64)
    (f64.add
      (f64.add
        (f64.add (f64x2.extract_lane 0 (local.get $ab)) (f64x2.extract_lane 1 (local.get $ab)))
        (f64x2.extract_lane 0 (local.get $cd)))
      (f64x2.extract_lane 1 (local.get $cd))))

  ;; Dot products of the query with each row that is asked about; $count is rounded up to a multiple of four. Four sums per row
  ;; in f64, joined in order: to the last bit what `dot` in embedder.ts gives. Four rows at a time, since each waits for memory.
  (func (export "dots") (param $count i32)
    (local $asked i32) (local $asked_end i32) (local $result i32)
    (local $at i32) (local $query i32) (local $qab v128) (local $qcd v128)
    (local $row0 i32) (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $ab0 v128) (local $ab1 v128) (local $ab2 v128) (local $ab3 v128)
    (local $cd0 v128) (local $cd1 v128) (local $cd2 v128) (local $cd3 v128)
    (local.set $asked (global.get $asked))
    (local.set $asked_end (i32.add (local.get $asked) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $result (global.get $results))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $asked) (local.get $asked_end)))
        (local.set $row0 (call $components_of (i32.add (local.get $asked) (i32.const 0))))
        (local.set $row1 (call $components_of (i32.add (local.get $asked) (i32.const 4))))
        (local.set $row2 (call $components_of (i32.add (local.get $asked) (i32.const 8))))
        (local.set $row3 (call $components_of (i32.add (local.get $asked) (i32.const 12))))
        (local.set $ab0 (v128.const f64x2 0 0))
        (local.set $cd0 (v128.const f64x2 0 0))
        (local.set $ab1 (v128.const f64x2 0 0))
        (local.set $cd1 (v128.const f64x2 0 0))
        (local.set $ab2 (v128.const f64x2 0 0))
        (local.set $cd2 (v128.const f64x2 0 0))
        (local.set $ab3 (v128.const f64x2 0 0))
        (local.set $cd3 (v128.const f64x2 0 0))
        (local.set $query (global.get $query))
        (local.set $at (i32.const 0))
        (loop $fours
          (local.set $qab (v128.load (local.get $query)))
          (local.set $qcd (v128.load offset=16 (local.get $query)))
          (local.set $ab0
            (f64x2.add (local.get $ab0)
              (f64x2.mul (local.get $qab)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero (i32.add (local.get $row0) (local.get $at)))))))
          (local.set $cd0
            (f64x2.add (local.get $cd0)
              (f64x2.mul (local.get $qcd)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero offset=8 (i32.add (local.get $row0) (local.get $at)))))))
          (local.set $ab1
            (f64x2.add (local.get $ab1)
              (f64x2.mul (local.get $qab)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero (i32.add (local.get $row1) (local.get $at)))))))
          (local.set $cd1
            (f64x2.add (local.get $cd1)
              (f64x2.mul (local.get $qcd)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero offset=8 (i32.add (local.get $row1) (local.get $at)))))))
          (local.set $ab2
            (f64x2.add (local.get $ab2)
              (f64x2.mul (local.get $qab)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero (i32.add (local.get $row2) (local.get $at)))))))
          (local.set $cd2
            (f64x2.add (local.get $cd2)
              (f64x2.mul (local.get $qcd)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero offset=8 (i32.add (local.get $row2) (local.get $at)))))))
          (local.set $ab3
            (f64x2.add (local.get $ab3)
              (f64x2.mul (local.get $qab)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero (i32.add (local.get $row3) (local.get $at)))))))
          (local.set $cd3
            (f64x2.add (local.get $cd3)
              (f64x2.mul (local.get $qcd)
                (f64x2.promote_low_f32x4
                  (v128.load64_zero offset=8 (i32.add (local.get $row3) (local.get $at)))))))
          (local.set $query (i32.add (local.get $query) (i32.const 32)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $fours (i32.lt_u (local.get $at) (global.get $component_bytes))))
        (f64.store (local.get $result) (call $sum (local.get $ab0) (local.get $cd0)))
        (f64.store offset=8 (local.get $result) (call $sum (local.get $ab1) (local.get $cd1)))
        (f64.store offset=16 (local.get $result) (call $sum (local.get $ab2) (local.get $cd2)))
        (f64.store offset=24 (local.get $result) (call $sum (local.get $ab3) (local.get $cd3)))
        (local.set $asked (i32.add (local.get $asked) (i32.const 16)))
        (local.set $result (i32.add (local.get $result) (i32.const 32)))
        (br $rows))))

  ;; In how many signs the query and each row that is asked about differ; counted in the histogram too.
  (func (export "distances") (param $count i32)
    (local $asked i32) (local $asked_end i32) (local $result i32)
    (local $row i32) (local $row_end i32) (local $query i32) (local $bits i64)
    (local $bar i32)
    (local.set $asked (global.get $asked))
    (local.set $asked_end (i32.add (local.get $asked) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $result (global.get $results))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $asked) (local.get $asked_end)))
        (local.set $row
          (call $address (i32.load (local.get $asked)) (global.get $signs) (global.get $sign_bytes)))
        (local.set $row_end (i32.add (local.get $row) (global.get $sign_bytes)))
        (local.set $query (global.get $query_signs))
        (local.set $bits (i64.const 0))
        (loop $words
          (local.set $bits
            (i64.add (local.get $bits)
              (i64.popcnt (i64.xor (i64.load (local.get $query)) (i64.load (local.get $row))))))
          (local.set $query (i32.add (local.get $query) (i32.const 8)))
          (local.set $row (i32.add (local.get $row) (i32.const 8)))
          (br_if $words (i32.lt_u (local.get $row) (local.get $row_end))))
        (i64.store16 (local.get $result) (local.get $bits))
        (local.set $bar
          (i32.add (global.get $histogram) (i32.shl (i32.wrap_i64 (local.get $bits)) (i32.const 2))))
        (i32.store (local.get $bar) (i32.add (i32.load (local.get $bar)) (i32.const 1)))
        (local.set $asked (i32.add (local.get $asked) (i32.const 4)))
        (local.set $result (i32.add (local.get $result) (i32.const 2)))
        (br $rows))))
)
