/**
 * A set of states by their hashes alone: 8 bytes a state. Two states with one hash would count as one; with 53 bits and
 * four million states the chance of any such pair is below one in a thousand.
 */
const SLOTS_FIRST = 2 ** 20;

/** 53 bits of a text, by two multiplications a character (cyrb53). */
export function hashOf(text: string): number {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 2 ** 32 * ((2 ** 21 - 1) & high) + (low >>> 0);
}

/** Open addressing, at most half full. A slot of 0 is empty. */
export class HashSet {
  #slots = new Float64Array(SLOTS_FIRST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Answers whether the hash is new. */
  add(hash: number): boolean {
    const value = hash || 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    const slot = slotOf(this.#slots, value);
    if (this.#slots[slot] === value) return false;
    this.#slots[slot] = value;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const slots = new Float64Array(this.#slots.length * 2);
    for (const value of this.#slots) if (value !== 0) slots[slotOf(slots, value)] = value;
    this.#slots = slots;
  }
}

/** Where the value is, or the empty slot where it belongs. */
function slotOf(slots: Float64Array, value: number): number {
  let slot = value % slots.length;
  while (slots[slot] !== 0 && slots[slot] !== value) slot = (slot + 1) % slots.length;
  return slot;
}
