import { median } from '../print-results.ts';
import { load, type Call } from './load.ts';

/** One line of the result: a call of the product beside a call of a bare program. */
export interface Line {
	name: string;
	product: Call;
	bare: Call;
	/** The ratio that the product should reach. */
	target?: number;
}

const ROUNDS = 3;
/** Duration of each measurement. */
const SECONDS = 3;
const WARM_UP_SECONDS = 1;

/** Measures and prints each line. @returns whether no request failed */
export async function compare(lines: readonly Line[]): Promise<boolean> {
	let failed = 0;
	for (const { name, product, bare, target } of lines) {
		const rates = { product: [] as number[], bare: [] as number[] };
		let errors = 0;
		const measure = async (side: 'product' | 'bare', seconds: number) => {
			const found = await load(side === 'product' ? product : bare, seconds);
			errors += found.errors;
			return found.rate;
		};
		await measure('product', WARM_UP_SECONDS);
		await measure('bare', WARM_UP_SECONDS);
		// Alternate both sides, so that background load affects them equally.
		for (let round = 0; round < ROUNDS; round++) {
			for (const side of round % 2 === 0 ? (['product', 'bare'] as const) : (['bare', 'product'] as const))
				rates[side].push(await measure(side, SECONDS));
		}
		printLine(name, median(rates.product), median(rates.bare), { target, errors });
		failed += errors;
	}
	return failed === 0;
}

export function printLine(
	name: string,
	product: number,
	bare: number,
	{ target, errors = 0 }: { target?: number; errors?: number } = {}
): void {
	const ratio = product / bare;
	const verdict = target === undefined || ratio >= target ? '' : `  below ${target}`;
	const rates = `${product.toFixed(0).padStart(6)}/s ${bare.toFixed(0).padStart(7)}/s`;
	console.log(
		`${name.padEnd(66)} ${rates}  ratio ${ratio.toFixed(2)}${verdict}${errors > 0 ? `  ${errors} errors` : ''}`
	);
}
