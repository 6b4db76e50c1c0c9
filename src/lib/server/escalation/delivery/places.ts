/** How many creates one process has under way at LAPOR at once; more rows than that may be in hand before and after. */
export const CREATES_AT_ONCE = 24;

let free = CREATES_AT_ONCE;
const line: { wanted: number; go: () => void }[] = [];

function letIn(): void {
	for (let first = line[0]; first && first.wanted <= free; first = line[0]) {
		line.shift();
		free -= first.wanted;
		first.go();
	}
}

/** Waits for `wanted` places, in the order of asking. Each has to be given back. */
export function takePlaces(wanted: number): Promise<void> {
	return new Promise((go) => {
		line.push({ wanted: Math.min(wanted, CREATES_AT_ONCE), go });
		letIn();
	});
}

export function givePlacesBack(count: number): void {
	free += count;
	letIn();
}
