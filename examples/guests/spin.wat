;; Never ends by itself.
(module (func (export "spin") (loop $forever (br $forever))))
