DROP FUNCTION acknowledge_loss;
DROP TABLE acknowledged_loss;
