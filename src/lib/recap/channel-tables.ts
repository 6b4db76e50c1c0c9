import { OUTCOMES, sumOfOutcomes } from '#lib/cases/incoming.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { channelWord } from '#lib/words/cases.ts';
import { outcomeWord } from '#lib/words/incoming.ts';
import type { ShownFigures } from './figures.ts';
import { numberColumn, textColumn, type RecapTable } from './table.ts';

/** Restricted reports and their messages are one line without a channel. */
const channelOr = (channel: Channel | null) => (channel ? channelWord(channel) : m.recap_sealed());

export function channelTables(channels: ShownFigures['channels']): RecapTable[] {
	if (channels === undefined) return [];
	const { reports, messages } = channels ?? { reports: [], messages: [] };
	const withheld = channels ? undefined : m.recap_withheld_officer();
	return [
		{
			id: 'channels',
			title: m.recap_channels(),
			sheet: m.recap_channels_sheet(),
			note: m.recap_channels_note(),
			withheld,
			columns: [
				textColumn(m.term_channel(), 3),
				numberColumn(m.board_received()),
				numberColumn(m.recap_channels_replies(), 1.4),
				numberColumn(m.recap_clock_on_time()),
				numberColumn(m.recap_clock_late()),
				numberColumn(m.recap_clock_median(), 1.2),
				numberColumn(m.recap_clock_overdue(), 1.4),
				numberColumn(m.board_undelivered(), 1.4)
			],
			rows: reports.map(({ channel, received, reply, undelivered }) => ({
				key: channel ?? 'sealed',
				cells: [
					...[channelOr(channel), received, reply?.n ?? 0, reply?.onTime ?? 0, reply?.late ?? 0],
					...[reply?.medianDays ?? '–', reply?.overdue ?? 0, undelivered]
				]
			}))
		},
		{
			id: 'messages',
			title: m.recap_messages(),
			note: m.recap_messages_note(),
			withheld,
			columns: [
				textColumn(m.term_channel(), 3),
				numberColumn(m.board_received()),
				...OUTCOMES.map((outcome) => numberColumn(outcomeWord(outcome), 1.2))
			],
			rows: messages.map(({ channel, ...counts }) => ({
				key: channel ?? 'sealed',
				cells: [channelOr(channel), sumOfOutcomes(counts), ...OUTCOMES.map((outcome) => counts[outcome])]
			}))
		}
	];
}
