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

  ;; Dot products of the query with each row that is asked about. Four sums in f64, joined in order: to the last bit what
  ;; `dot` in embedder.ts gives.
  (func (export "dots") (param $count i32)
    (local $asked i32) (local $asked_end i32) (local $result i32)
    (local $row i32) (local $row_end i32) (local $query i32)
    (local $ab v128) (local $cd v128)
    (local.set $asked (global.get $asked))
    (local.set $asked_end (i32.add (local.get $asked) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $result (global.get $results))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $asked) (local.get $asked_end)))
        (local.set $row
          (call $address (i32.load (local.get $asked)) (global.get $components) (global.get $component_bytes)))
        (local.set $row_end (i32.add (local.get $row) (global.get $component_bytes)))
        (local.set $query (global.get $query))
        (local.set $ab (v128.const f64x2 0 0))
        (local.set $cd (v128.const f64x2 0 0))
        (loop $fours
          (local.set $ab
            (f64x2.add (local.get $ab)
              (f64x2.mul
                (v128.load (local.get $query))
                (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $row))))))
          (local.set $cd
            (f64x2.add (local.get $cd)
              (f64x2.mul
                (v128.load offset=16 (local.get $query))
                (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $row))))))
          (local.set $query (i32.add (local.get $query) (i32.const 32)))
          (local.set $row (i32.add (local.get $row) (i32.const 16)))
          (br_if $fours (i32.lt_u (local.get $row) (local.get $row_end))))
        (f64.store (local.get $result)
          (f64.add
            (f64.add
              (f64.add (f64x2.extract_lane 0 (local.get $ab)) (f64x2.extract_lane 1 (local.get $ab)))
              (f64x2.extract_lane 0 (local.get $cd)))
            (f64x2.extract_lane 1 (local.get $cd))))
        (local.set $asked (i32.add (local.get $asked) (i32.const 4)))
        (local.set $result (i32.add (local.get $result) (i32.const 8)))
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
