import { decryptReporter } from '#lib/server/cases/reporter.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { Followup } from '#lib/server/integrations/lapor/tracking.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import type { Forward } from '../rows.ts';
import { targetNameOf } from './target.ts';

/** LAPOR's own names for the reporter, and what `clientWithoutWithheldName` writes instead of a withheld name. */
const REPORTER = /^(?:pelapor|•••)(?![\p{L}\d])/iu;
/** LAPOR's administrators. They ask institutions for answers. */
const ADMINISTRATOR = /^(?:admin|administrator)(?![\p{L}\d])/iu;

const keyOf = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * Returns a function that says whether a follow-up may be an institution's answer to the reporter:
 * - `no`: its author is unknown, the reporter or an administrator of LAPOR
 * - `doubtful`: it is addressed to another institution, so a person decides
 */
export async function judgeOfAnswers(tx: Tx, forward: Forward) {
	const reporter = await decryptReporter(forward.escalation.identitySealed);
	const target = (await targetNameOf(tx, forward)) ?? '';
	const { units } = await referenceData();
	const ours = new Set([...units.map(({ name }) => name), target].map(keyOf));
	const isReporter = (name: string) => REPORTER.test(name) || keyOf(name) === keyOf(reporter?.name ?? '');
	return ({ author, receiver = '' }: Pick<Followup, 'author' | 'receiver'>) => {
		// Without an institution, it may be by the reporter.
		if (!author || isReporter(author) || ADMINISTRATOR.test(author)) return 'no';
		const isOurs = ours.has(keyOf(receiver)) || keyOf(receiver) === keyOf(author);
		return !receiver || isOurs || isReporter(receiver) ? 'yes' : 'doubtful';
	};
}
