import { staffFrame } from '#lib/server/web/staff-frame.ts';

export const load = ({ locals }) => staffFrame(locals);
