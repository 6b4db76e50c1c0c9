import { m } from '#lib/paraglide/messages.js';

/**
 * How many reports passed to whom.
 * @param receivers an account and its number of reports each, as `ID.2`
 */
export function handedOverWord(receivers: readonly string[], people: readonly { id: string; name: string }[]): string {
	const counts = receivers.map((receiver) => {
		const [id, count] = receiver.split('.');
		return { name: people.find((one) => one.id === id)?.name, count: Number(count) || 0 };
	});
	const count = counts.reduce((sum, one) => sum + one.count, 0);
	const named = counts.filter(({ name }) => name).map(({ name, count }) => `${name} (${count})`);
	if (named.length === 0) return m.account_handed_over({ count });
	// The admin may not see everybody who has one of the reports now.
	const rest = counts.reduce((sum, one) => sum + (one.name ? 0 : one.count), 0);
	if (rest > 0) named.push(m.account_handed_over_others({ count: rest }));
	return m.account_handed_over_to({ count, names: named.join(', ') });
}
