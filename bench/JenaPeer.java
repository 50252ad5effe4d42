import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.jena.atlas.json.JSON;
import org.apache.jena.atlas.json.JsonObject;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.riot.RDFDataMgr;

/** Jena's side of bench/child.py: loads an N-Triples file, then takes one reading a line. */
public class JenaPeer {
    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        Model model = RDFDataMgr.loadModel(arguments[0]);
        System.out.println("{\"seconds\": " + since(start) + ", \"peak\": " + peak() + "}");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(reading(model, JSON.parse(line)));
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long peak() throws Exception {
        for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return 0;
    }

    private static String reading(Model model, JsonObject request) throws Exception {
        long limit = (long) (request.get("limit").getAsNumber().value().doubleValue() * 1000);
        long start = System.nanoTime();
        try (QueryExecution run = QueryExecution.model(model).query(request.getString("text"))
                .timeout(limit, TimeUnit.MILLISECONDS).build()) {
            int rows = ResultSetFormatter.toList(run.execSelect()).size();
            double seconds = since(start);
            return "{\"seconds\": " + seconds + ", \"count\": " + rows + ", \"peak\": " + peak() + "}";
        } catch (Exception error) {
            String message = (error.getClass().getSimpleName() + ": " + error.getMessage()).lines().findFirst().orElse("");
            return "{\"error\": \"" + message.replace("\\", "").replace("\"", "'") + "\"}";
        }
    }
}
