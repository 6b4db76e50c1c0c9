import { connectionFigures } from '#lib/server/channels/connections/figures.ts';
import { finding, isOlder, type Finding } from './finding.ts';

/** Minutes for which a channel may fail before it counts as trouble: a server that restarts is back sooner. */
const FAILED_MINUTES = 10;
/** Minutes that a message may wait to be processed. */
const WAITING_MINUTES = 15;

/**
 * The findings of each connection: one, or each of its troubles. Without any connection there is none.
 * @param only ids of offices; by default all
 */
export async function channelFindings(only?: readonly string[]): Promise<(Finding & { office: string })[]> {
	const all = await connectionFigures();
	return all
		.filter(({ unitId }) => only?.includes(unitId) ?? true)
		.flatMap((connection) =>
			findingsOf(connection).map((one) => ({ instance: connection.id, ...one, office: connection.unitId }))
		);
}

function findingsOf(connection: Awaited<ReturnType<typeof connectionFigures>>[number]): Finding[] {
	const { id, address, pausedAt, checkedAt, lastError, lastErrorAt: at, oldest, unknown } = connection;
	const troubles: Finding[] = [];
	if (pausedAt) troubles.push(finding('channels', 'off', 'channel_paused', { address, at: pausedAt }));
	else if (lastError && at) {
		const condition = isOlder(at, FAILED_MINUTES) ? 'bad' : 'watch';
		const failed = finding('channels', condition, 'channel_failed', { address, fault: lastError, at });
		troubles.push({ ...failed, instance: `${id}:${at.getTime()}` });
	}
	// While a connection is paused, its messages wait by choice.
	if (!pausedAt && oldest && isOlder(oldest, WAITING_MINUTES))
		troubles.push(finding('channels', 'bad', 'channel_behind', { address, at: oldest }));
	if (unknown > 0) troubles.push(finding('channels', 'watch', 'channel_unknown', { address, count: unknown }));
	if (troubles.length > 0) return troubles;
	if (!checkedAt) return [finding('channels', 'watch', 'channel_new', { address })];
	return [finding('channels', 'good', 'channel_good', { address, at: checkedAt })];
}
