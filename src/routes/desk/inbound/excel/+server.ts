import { inboundSheet } from '#lib/server/web/sheets/inbound.ts';

export const GET = (event) => inboundSheet(event);
