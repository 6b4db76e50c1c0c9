import type { ClockName } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Audience, Words } from './cases.ts';

const clocks: Words<ClockName> = {
	verification: m.clock_verification,
	first_reply: m.clock_first_reply,
	solution: m.clock_solution,
	response_by_law: m.clock_response_by_law,
	decision_by_law: m.clock_decision_by_law,
	reporter_turn: m.clock_reporter_turn
};
const citizenClocks: Words<ClockName> = { ...clocks, reporter_turn: m.clock_reporter_turn_citizen };
export type ClockState = 'running' | 'paused' | 'met' | 'stopped';
const clockStates: Words<ClockState> = {
	running: m.clock_state_running,
	paused: m.clock_state_paused,
	met: m.clock_state_met,
	stopped: m.clock_state_stopped
};
export type Skipped = 'weekend' | 'national_holiday' | 'joint_leave' | 'paused' | 'rolled_back';
const skipped: Words<Skipped> = {
	weekend: m.skipped_weekend,
	national_holiday: m.skipped_national_holiday,
	joint_leave: m.skipped_joint_leave,
	paused: m.skipped_paused,
	rolled_back: m.skipped_rolled_back
};
const dayUnits: Words<'working' | 'calendar'> = { working: m.day_unit_working, calendar: m.day_unit_calendar };

export const clockWord = (clock: ClockName, audience: Audience) =>
	(audience === 'citizen' ? citizenClocks : clocks)[clock]();
export const clockStateWord = (state: ClockState) => clockStates[state]();
export const skippedWord = (why: Skipped) => skipped[why]();
export const dayUnitWord = (unit: 'working' | 'calendar') => dayUnits[unit]();
