import { tmpdir } from 'node:os';
import { DrizzleQueryError } from 'drizzle-orm';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { log } from './log.ts';

/** The line that is written about `said`. */
function lineOf(said: Record<string, unknown>): Record<string, unknown> {
	testEnvironment(tmpdir());
	const { level } = log();
	log().level = 'error';
	const stream = (log() as unknown as Record<symbol, { write: (line: string) => boolean }>)[pino.symbols.streamSym]!;
	const write = vi.spyOn(stream, 'write').mockReturnValue(true);
	onTestFinished(() => {
		write.mockRestore();
		log().level = level;
	});
	log().error(said, 'the work failed');
	return JSON.parse(write.mock.calls[0]![0]) as Record<string, unknown>;
}

const failed = new DrizzleQueryError(
	'insert into mails values ($1)',
	['budi@contoh.id'],
	Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (to)=(budi@contoh.id) already exists.' })
);

it.each([
	['err', failed],
	['error', failed],
	['reason', failed],
	['err', new Error('not sent', { cause: failed })]
])('a failed query under the name %s shows its statement and code, and no value', (name, error) => {
	const line = lineOf({ caseId: 1, [name]: error });
	expect(line).toMatchObject({ caseId: 1, [name]: { query: 'insert into mails values ($1)', code: '23505' } });
	expect(JSON.stringify(line)).not.toContain('budi');
});

it.each(['err', 'error'])('another error under the name %s shows its message and where it was thrown', (name) => {
	const error = lineOf({ [name]: new TypeError('no such office') })[name];
	expect(error).toMatchObject({ type: 'TypeError', message: 'no such office', stack: expect.stringContaining('at ') });
});

it('words under these names are written as they are', () => {
	expect(lineOf({ err: 'timeout', error: 'gone' })).toMatchObject({ err: 'timeout', error: 'gone' });
});
