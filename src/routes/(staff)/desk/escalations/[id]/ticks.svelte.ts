import { SvelteSet } from 'svelte/reactivity';

/**
 * Names of the fields of a forward that a person has copied. Stored while the tab is open; texts are never stored. Without
 * scripts the boxes are plain checkboxes.
 */
export class Ticks {
	readonly #key: string;
	readonly #done = new SvelteSet<string>();

	constructor(id: string) {
		this.#key = `salin:${id}`;
	}

	/** Reads the stored names; browser only. */
	remember(): void {
		for (const name of JSON.parse(sessionStorage.getItem(this.#key) ?? '[]') as string[]) this.#done.add(name);
	}

	has(name: string): boolean {
		return this.#done.has(name);
	}

	set(name: string, ticked: boolean): void {
		if (ticked) this.#done.add(name);
		else this.#done.delete(name);
		sessionStorage.setItem(this.#key, JSON.stringify([...this.#done]));
	}

	count(names: readonly string[]): number {
		return names.filter((name) => this.#done.has(name)).length;
	}
}
