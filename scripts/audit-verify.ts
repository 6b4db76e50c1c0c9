import { parseArgs } from 'node:util';
import { verifyByCommand, type BreakKind } from '#lib/server/people/audit-verify.ts';
import { runCommand } from './options.ts';

const USAGE = `npm run audit:verify
Checks that no entry of the audit log was changed, removed, swapped or inserted. Exits with 1 if one was. The site
may be running.`;

const WORDS: Record<BreakKind, string> = {
	changed: 'was changed',
	removed: 'was removed',
	swapped: 'is in the place of another entry',
	inserted: 'was inserted',
	emptied: 'lost its text, and no destruction is recorded for it',
	head: 'is the last one, but the record of the newest number was changed or removed: entries after it may be missing'
};

await runCommand(USAGE, async () => {
	parseArgs({ options: {} });
	const { entries, destroyed, first, others } = await verifyByCommand();
	console.log(`entries   ${entries}${destroyed > 0 ? `, ${destroyed} of them with destroyed text` : ''}`);
	if (!first) return void console.log('result    the log is intact');
	const time = first.at ? ` (${first.kind === 'removed' ? 'after ' : ''}${first.at.toISOString()})` : '';
	console.log(`result    THE LOG IS NOT INTACT: entry ${first.number}${time} ${WORDS[first.kind]}`);
	if (others > 0) console.log(`          and ${others} further places after it`);
	process.exitCode = 1;
});
