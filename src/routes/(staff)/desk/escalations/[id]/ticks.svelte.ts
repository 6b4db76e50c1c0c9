import { SvelteSet } from 'svelte/reactivity';

/**
 * Which fields of a forward have been copied, remembered while the tab is open: names only, never texts. Without scripts
 * the boxes are plain boxes that a person ticks.
 */
export class Ticks {
	readonly #key: string;
	readonly #done = new SvelteSet<string>();

	constructor(id: string) {
		this.#key = `salin:${id}`;
	}

	/** Reads what was ticked before; in the browser only. */
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
