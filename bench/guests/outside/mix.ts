// A tree, a map of strings, string building and a sort, with the garbage collector of AssemblyScript.
class Node {
  left: Node | null = null;
  right: Node | null = null;
  constructor(public key: i32) {}
}

function insert(node: Node | null, key: i32): Node {
  if (!node) return new Node(key);
  if (key < node.key) node.left = insert(node.left, key);
  else node.right = insert(node.right, key);
  return node;
}

function weigh(node: Node | null, depth: i32): i64 {
  return node ? <i64>node.key * depth + weigh(node.left, depth + 1) + weigh(node.right, depth + 1) : 0;
}

let random: u32 = 1;
function next(): u32 {
  return (random = random * 1664525 + 1013904223);
}

const percent = I32.parseInt(process.argv[1]);
let sum: i64 = 0;
for (let round = 0; round < percent / 5; round++) {
  let root: Node | null = null;
  for (let i = 0; i < 4000; i++) root = insert(root, next() >> 8);
  sum += weigh(root, 1);
}

const seen = new Map<string, i32>();
for (let i = 0; i < percent * 400; i++) {
  const key = "k" + (i % 500).toString();
  seen.set(key, (seen.has(key) ? seen.get(key) : 0) + i);
}
let text = "";
for (let i = 0; i < 3000; i++) text += seen.get("k" + (i % 500 % seen.size).toString()).toString() + ",";

const numbers = new Array<f64>();
for (let i = 0; i < percent * 600; i++) numbers.push(<f64>next() / 3.0);
numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
console.log(sum.toString() + " " + text.length.toString() + " " + numbers[percent * 300].toString());
