/** Activities on the gateway that all clients come through. */
export { inspectReduced } from './inspect-reduced';
export { liftReduced, type LiftReduced } from './lift-reduced';
export { reloadGateway, type ReloadGateway } from './reload-gateway';
export { switchReduced, type SwitchReduced } from './switch-reduced';
