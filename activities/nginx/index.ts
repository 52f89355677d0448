/** Activities on the gateway that all clients come through. */
export { reloadGateway, type ReloadGateway } from './reload-gateway';
