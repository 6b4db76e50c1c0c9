import { relative } from 'node:path';

/** Counts of a test runner, and the names of tests that failed, passed only on the second try, or were skipped. */
export interface Results {
	passed: number;
	failed: number;
	failures: readonly string[];
	secondTries: readonly string[];
	/** Without tests for one database that ran there. */
	skipped: readonly string[];
}

/** Lines of a failure that are shown. The whole message is in the runner's output above. */
const LINES = 12;
/** Lines of a first try that failed. Its message is nowhere else, and that of a random test contains a whole history. */
const FIRST_TRY_LINES = 100;

/** Terminal colours, which runners write into messages even when colours are switched off. */
// eslint-disable-next-line no-control-regex -- the escape character is what a colour begins with
const COLOUR = /\u001b\[[0-9;]*m/g;

function named(name: string, messages: readonly (string | undefined)[], most = LINES): string {
	const lines = messages
		.flatMap((message = '') => message.replace(COLOUR, '').split('\n'))
		.filter((line) => line.trim() && !line.includes('node_modules'));
	return [name, ...lines.slice(0, most).map((line) => `       ${line}`)].join('\n');
}

interface UnitResults {
	numPassedTests: number;
	numFailedTests: number;
	success: boolean;
	testResults: {
		name: string;
		message: string;
		status: string;
		assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
	}[];
}

/** Results of vitest. A file that can't be read has no failing test, so it counts as one itself. */
export function readUnitResults(json: unknown): Results {
	const { numPassedTests, numFailedTests, success, testResults } = json as UnitResults;
	const failures: string[] = [];
	const secondTries: string[] = [];
	const tried = new Set<string>();
	const skipped = new Set<string>();
	for (const { name: path, message, status, assertionResults } of testResults) {
		const file = relative('', path);
		let found = false;
		for (const { fullName, status: outcome, failureMessages } of assertionResults) {
			const name = `${file} › ${fullName}`;
			(['passed', 'failed'].includes(outcome) ? tried : skipped).add(name);
			if (outcome === 'failed') {
				found = true;
				failures.push(named(name, failureMessages ?? []));
			} else if (outcome === 'passed' && failureMessages?.length)
				secondTries.push(named(name, failureMessages, FIRST_TRY_LINES));
		}
		if (status === 'failed' && !found) failures.push(named(file, [message]));
	}
	return {
		passed: numPassedTests,
		failed: success ? 0 : Math.max(1, numFailedTests),
		failures,
		secondTries,
		skipped: [...skipped].filter((name) => !tried.has(name))
	};
}

interface JourneySuite {
	suites?: JourneySuite[];
	specs: {
		title: string;
		file: string;
		tests: { status: string; results: { errors?: { message?: string }[] }[] }[];
	}[];
}
interface JourneyResults {
	stats: { expected: number; unexpected: number; flaky: number };
	suites: JourneySuite[];
}

/** Results of Playwright. */
export function readJourneyResults(json: unknown): Results {
	const { stats, suites } = json as JourneyResults;
	const failures: string[] = [];
	const secondTries: string[] = [];
	const skipped: string[] = [];
	const read = ({ suites: inner = [], specs }: JourneySuite): void => {
		for (const { title, file, tests } of specs) {
			for (const { status, results } of tests) {
				const name = `${file} › ${title}`;
				if (status === 'skipped') skipped.push(name);
				if (status !== 'unexpected' && status !== 'flaky') continue;
				const messages = results.flatMap(({ errors = [] }) => errors.map(({ message }) => message));
				if (status === 'flaky') secondTries.push(named(name, messages, FIRST_TRY_LINES));
				else failures.push(named(name, messages));
			}
		}
		inner.forEach(read);
	};
	suites.forEach(read);
	return { passed: stats.expected + stats.flaky, failed: stats.unexpected, failures, secondTries, skipped };
}
